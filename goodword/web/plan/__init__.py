"""The service plan on screen: who is there when, how soon we answer, who is away."""
