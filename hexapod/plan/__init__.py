"""make_plan(case) -> Plan, and what belongs to a plan: file and plan ID, adjustments, sign-off."""
