-- What the image of PostgreSQL runs once, when its volume is empty: the portal's own database, whose
-- owner may do nothing beyond it. The administrator of the server has no password from then on: he
-- is let in within the container only.
\getenv password POSTGRES_PASSWORD
CREATE ROLE portal LOGIN PASSWORD :'password';
CREATE DATABASE portal OWNER portal;
ALTER ROLE postgres PASSWORD NULL;
