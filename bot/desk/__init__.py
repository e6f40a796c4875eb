"""Where an administrator sits: what they may see of the house, and every act of theirs with its entry in the audit log.

The pages and the command line share it: they translate and decide nothing. A view takes an `Actor` and shows no unit outside their
subtree (what lies outside does not exist: LookupError). An act asks first whether the actor may (`Forbidden`), refuses with a
`Refused` that names the field, the value and the cure, and writes before and after into the audit log in its own transaction.

Decided 2026-11: an act that can be taken back is named by its audit entry (`undo`); facts are undone by further facts, never erased.
"""
