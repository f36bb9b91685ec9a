"""What pages say of rules, read off their equations: variants, roles, differences, use."""
