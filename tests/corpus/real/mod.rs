//! Functions of real programs' size and shape, each over a hundred lines: a mail server's session,
//! a client that tries again, a pool of connections. They are written for this corpus, in the shape
//! that the servers, clients and pools of public crates have; their peers follow a script.

mod pool;
mod retry;
mod script;
mod session;
