"""IP addresses of a whole column: read from text into words, and written back.

What is read: IPv4 in four decimal numbers without leading zeros; IPv6 in any spelling of RFC 4291, also with its last
four bytes as IPv4; each with an optional ``/length``. What is written is canonical (RFC 5952): lower case, no leading
zeros, the first of the longest runs of two or more zero groups as ``::``, and IPv4-mapped addresses as
``::ffff:a.b.c.d``. PostgreSQL's inet and cidr read all of these forms; what they write is among those that are read.
"""

from anon_assets.addresses.reading import parse
from anon_assets.addresses.special import SPECIAL, leading_bits
from anon_assets.addresses.words import LONGEST, Addresses, Words, host_bits
from anon_assets.addresses.writing import write

__all__ = ["LONGEST", "SPECIAL", "Addresses", "Words", "host_bits", "leading_bits", "parse", "write"]
