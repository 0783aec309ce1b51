--! compatible

-- Edits of the infra repository that a denied command was turned into, until somebody proposes them or they are too old.
-- tools/iac/prepared-patches.ts has the words.
create table castellan.prepared_patch (
  id text collate "C" primary key check (id ~ '^patch_[a-z2-7]{26}$'),
  made_at timestamptz not null,
  -- Who it was made for, and whose agents may use it.
  agent text not null,
  human text collate "C" not null,
  stack text not null,
  purpose text not null,
  -- Holds nothing that redaction masks.
  diff text not null check (octet_length(diff) <= 65536)
);
create index prepared_patch_by_human on castellan.prepared_patch (human, made_at);
