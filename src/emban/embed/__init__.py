"""Embeds: sessions minted for one tenant, and the few things that the browser holding one may ask for."""
