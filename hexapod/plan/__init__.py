"""make_plan(case) -> Plan, and what belongs to a plan: file, fingerprint, adjustments, daily rates, sign-off."""
