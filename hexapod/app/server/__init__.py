"""The server round the app: hosts, headers, files, readiness."""
