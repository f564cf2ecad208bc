"""The answers that the references and the vendor print, as data."""
