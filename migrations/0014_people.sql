-- People by the beginning of their names.
create index account_names on gavel.account
    (lower(display_name) text_pattern_ops);
