"""The words of the product: pages, forms, readings, records, findings, decisions, answers.

Imports pydantic and the standard library only, so that every other part may
import it. Lengths are PDF points with the origin at the top left of the page,
pages count from 1, money is yuan as printed.
"""
