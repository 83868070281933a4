"""Our promises to you: the page that each person outside opens by a link of their own."""
