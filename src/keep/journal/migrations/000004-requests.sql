--! compatible

-- What agents asked of humans about secrets. `view` is what an agent may see of one. No value ever stands here, nor a commitment
-- to one; what was signed stands in castellan.decision.
create table castellan.request (
  id text primary key check (id ~ '^req_[a-z2-7]{26}$'),
  state text not null,
  principal text not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  view jsonb not null
);

create index request_by_time on castellan.request (created_at);
create index request_open on castellan.request (state) where state in ('waiting', 'signed');
