from digi.audit.services.chain import Actor, record, target_of, verify

__all__ = ["Actor", "record", "target_of", "verify"]
