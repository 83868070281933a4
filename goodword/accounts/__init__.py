"""Everyone inside: teammates, teams, roles, sign-in; and the business itself."""
