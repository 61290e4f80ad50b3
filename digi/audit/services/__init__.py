from digi.audit.services.chain import Actor, Walked, record, target_of, verify, walk

__all__ = ["Actor", "Walked", "record", "target_of", "verify", "walk"]
