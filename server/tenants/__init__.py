"""Owns the life of tenants: plans, provisioning, migration of all, backup and restore.

Calls core and every module below; announces nothing.
"""
