"""Vitrine's model kit: makes model packs. The product itself never needs Python at run time."""
