"""Readers of catalogue files and services: each turns one source into the rows that the services take."""
