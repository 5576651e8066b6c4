"""The ground floor: clock, identifiers, money, error bases. Standard library only."""
