"""VIES, the European Union's service that knows the VAT IDs of its member states."""
