"""Words that stand ready for whoever answers, and what is done along with them."""
