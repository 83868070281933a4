"""What every room stands on: ids, the clock, text cleaning, due rows. Knows no domain."""
