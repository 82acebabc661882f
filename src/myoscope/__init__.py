"""Myoscope: what causes this decreased muscle mass, and how is it treated?"""

__version__ = "0.1.0"
