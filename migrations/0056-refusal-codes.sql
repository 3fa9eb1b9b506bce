-- Owner: src/request-log. Why a request was refused, and what an accepted one left out, as codes and not only as sentences.

-- Of the catalogue in src/protocol/scim/refusals, with what its sentence is filled with; masked like everything else here.
-- Rows from before have neither: they are explained by their status.
alter table scim_request add column refusal_code text, add column refusal_params jsonb;
-- Of src/request-log/notes.ts; null where there is nothing to tell.
alter table scim_request add column notes jsonb;
