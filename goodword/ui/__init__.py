"""The design system: tokens, base template, components, icons. Knows no domain."""
