"""Today, the home page: what I owe, what is at risk in the team, who answers now."""
