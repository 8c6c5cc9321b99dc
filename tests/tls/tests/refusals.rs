//! Who is not accepted, and what the error says.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Write;

use async_proc::net::tls::{
    ClientCertificates, Handshake, Side, TlsContext, TlsError, TlsVersion, new_context,
};
use async_proc::net::{AsyncSocket, SocketError};
use async_proc::{Error, Future};
use async_proc_tls_tests::{Authority, connected, listener, run};

#[track_caller]
fn tls(error: &Error) -> &TlsError {
    error.downcast_ref().unwrap_or_else(|| panic!("{error}"))
}

/// What a client and a server say of a handshake between them.
async fn refused(
    server: TlsContext,
    client: TlsContext,
    name: &str,
) -> Result<(Error, Error), Error> {
    let listener = listener(&server)?;
    let socket = AsyncSocket::dial(listener.local_addr()?).await?;
    client.wrap_connected_socket(&socket, Handshake::AsClient(name))?;
    let shaking = socket.handshake();
    let accepted = listener.accept().await?.strict();
    let served = accepted.handshake();
    let of_client = shaking.await.unwrap_err();
    // It is told by an alert, which closing does not destroy.
    socket.close();
    let of_server = served.await.unwrap_err();
    Ok((of_client, of_server))
}

#[test]
fn a_certificate_for_another_name_is_refused_and_both_names_are_told() {
    run(async {
        let authority = Authority::new();
        let server = authority.server("one.example").server()?;
        let client = authority.client().client()?;
        let (error, alert) = refused(server, client, "two.example").await?;
        match tls(&error) {
            TlsError::WrongName { peer, presented } => {
                assert!(peer.starts_with("two.example (127.0.0.1:"), "{peer}");
                assert!(presented.iter().any(|name| name.contains("one.example")), "{error}");
            }
            _ => panic!("{error}"),
        }
        assert!(error.to_string().contains("two.example"), "{error}");
        assert!(matches!(tls(&alert), TlsError::Alert { .. }), "{alert}");
        Ok(())
    });
}

#[test]
fn an_address_is_a_name_like_any_other() {
    run(async {
        let authority = Authority::new();
        let client = authority.client().client()?;
        for (name, right) in [("127.0.0.1", true), ("localhost", false)] {
            let listener = listener(&authority.server(name).server()?)?;
            let socket = AsyncSocket::tcp()?;
            client.wrap_socket(&socket)?;
            let connecting = socket.connect(listener.local_addr()?);
            let accepted = listener.accept().await?;
            let served = accepted.handshake();
            match connecting.await {
                Ok(()) => assert!(right),
                Err(error) => {
                    assert!(!right, "{error}");
                    assert!(matches!(tls(&error), TlsError::WrongName { .. }), "{error}");
                }
            }
            assert_eq!(served.await.is_ok(), right);
        }
        Ok(())
    });
}

#[test]
fn an_expired_certificate_and_one_that_is_not_valid_yet_are_refused() {
    run(async {
        let authority = Authority::new();
        let client = authority.client().client()?;
        let expired = authority.sign_expired("localhost").shown().server()?;
        let (error, alert) = refused(expired, client.clone(), "localhost").await?;
        assert!(matches!(tls(&error), TlsError::Expired { .. }), "{error}");
        assert!(error.to_string().ends_with("has expired"), "{error}");
        assert!(alert.to_string().contains("CertificateExpired"), "{alert}");

        let early = authority.sign_early("localhost").shown().server()?;
        let (error, _) = refused(early, client, "localhost").await?;
        assert!(matches!(tls(&error), TlsError::NotValidYet { .. }), "{error}");
        Ok(())
    });
}

#[test]
fn an_authority_that_is_not_known_is_refused_by_every_collection_of_them() {
    run(async {
        let authority = Authority::new();
        let other = Authority::new();
        let clients = [
            other.client(),
            new_context().roots(async_proc::net::tls::Roots::WebPki),
            new_context().roots(async_proc::net::tls::Roots::WebPki).root_pem(other.pem()),
        ];
        for client in clients {
            let server = authority.server("localhost").server()?;
            let (error, alert) = refused(server, client.client()?, "localhost").await?;
            assert!(matches!(tls(&error), TlsError::UnknownCa { .. }), "{error}");
            match tls(&alert) {
                TlsError::Alert { peer, .. } => assert!(peer.starts_with("127.0.0.1:"), "{peer}"),
                _ => panic!("{alert}"),
            }
        }
        Ok(())
    });
}

#[test]
fn the_operating_systems_authorities_are_read_from_where_it_is_told() {
    // The variable is read once, by the only test of this process that looks for it: in a process
    // of its own, so that nothing else sees it.
    if std::env::var_os("OF_SYSTEM").is_some() {
        let known = new_context().client();
        match std::env::var("OF_SYSTEM").unwrap().as_str() {
            "known" => assert!(known.is_ok(), "{known:?}"),
            _ => {
                let error = known.unwrap_err();
                assert!(matches!(tls(&error), TlsError::NoRoots { .. }), "{error}");
            }
        }
        return;
    }
    let authority = Authority::new();
    let dir = std::env::temp_dir().join(format!("async-proc-roots-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("roots.pem");
    std::fs::write(&file, authority.pem()).unwrap();
    for (expected, path) in [("known", file), ("unknown", dir.join("no such file"))] {
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_operating_systems_authorities_are_read_from_where_it_is_told"])
            .env("SSL_CERT_FILE", path)
            .env("SSL_CERT_DIR", dir.join("no such folder"))
            .env("OF_SYSTEM", expected)
            .status()
            .unwrap();
        assert!(status.success(), "{expected}");
    }
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn a_server_that_speaks_plain_text_is_told_from_one_that_speaks_tls() {
    run(async {
        let authority = Authority::new();
        let plain = std::net::TcpListener::bind("127.0.0.1:0")?;
        let socket = AsyncSocket::tcp()?;
        authority.client().client()?.wrap_socket(&socket)?;
        let connecting = socket.connect(plain.local_addr()?);
        plain.accept()?.0.write_all(b"220 mail.example.org ESMTP\r\n")?;
        let error = connecting.await.unwrap_err();
        assert!(matches!(tls(&error), TlsError::NotTls { .. }), "{error}");
        assert!(error.to_string().ends_with("does not speak TLS"), "{error}");
        // It stays so.
        let again = socket.send("x").await.unwrap_err();
        assert!(matches!(tls(&again), TlsError::NotTls { .. }), "{again}");
        let again = socket.recv(1).await.unwrap_err();
        assert!(matches!(tls(&again), TlsError::NotTls { .. }), "{again}");
        Ok(())
    });
}

#[test]
fn anyone_is_accepted_if_that_was_asked_for_by_its_name() {
    run(async {
        let server = Authority::new().sign_expired("one.example").shown().server()?;
        let listener = listener(&server)?;
        let client = new_context().dangerously_accept_any_server().client()?;
        for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
            let client = match version {
                TlsVersion::Tls13 => client.clone(),
                _ => new_context()
                    .dangerously_accept_any_server()
                    .maximum_version(version)
                    .client()?,
            };
            let (client, server) = connected(&listener, &client).await?;
            assert_eq!(client.tls_version(), Some(version));
            server.send("secret\n").await?;
            assert_eq!(client.recv_line().await?, "secret");
        }
        Ok(())
    });
}

#[test]
fn versions_that_do_not_meet_are_told() {
    run(async {
        let authority = Authority::new();
        let old = authority.server("localhost").maximum_version(TlsVersion::Tls12).server()?;
        let new = authority.client().minimum_version(TlsVersion::Tls13).client()?;
        let (error, of_server) = refused(old, new, "localhost").await?;
        assert!(
            matches!(tls(&error), TlsError::NothingInCommon { .. } | TlsError::Alert { .. }),
            "{error}"
        );
        assert!(matches!(tls(&of_server), TlsError::NothingInCommon { .. }), "{of_server}");
        let none = new_context()
            .minimum_version(TlsVersion::Tls13)
            .maximum_version(TlsVersion::Tls12)
            .root_pem(authority.pem())
            .client();
        assert!(matches!(tls(&none.unwrap_err()), TlsError::Context { .. }));
        Ok(())
    });
}

#[test]
fn a_client_without_a_certificate_is_refused_where_one_is_required() {
    run(async {
        let authority = Authority::new();
        let server = authority
            .server("localhost")
            .root_pem(authority.pem())
            .client_certificates(ClientCertificates::Required);
        for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
            let listener = listener(&server.clone().maximum_version(version).server()?)?;
            let client = authority.client().client()?;
            let dialling = client.dial(("localhost", listener.local_addr()?.port()));
            let error = listener.accept().await?.handshake().await.unwrap_err();
            assert!(matches!(tls(&error), TlsError::NoCertificate { .. }), "{error}");
            // With 1.3 the client has done its part by then, and hears of it when it reads.
            let error = match dialling.await {
                Ok(socket) => socket.recv(1).await.unwrap_err(),
                Err(error) => error,
            };
            assert!(matches!(tls(&error), TlsError::Alert { .. }), "{error}");

            let stranger = Authority::new().sign("a client");
            let client = authority.client().certificate_pem(stranger.certificate, stranger.key);
            let dialling = client.client()?.dial(("localhost", listener.local_addr()?.port()));
            let error = listener.accept().await?.handshake().await.unwrap_err();
            assert!(matches!(tls(&error), TlsError::UnknownCa { .. }), "{error}");
            if let Ok(socket) = dialling.await {
                assert!(socket.recv(1).await.is_err());
            }
        }
        Ok(())
    });
}

#[test]
fn what_a_context_is_made_of_is_named_when_it_is_wrong() {
    let authority = Authority::new();
    let other = authority.sign("other");
    let identity = authority.sign("localhost");
    let missing = new_context().certificate_files("/no/such.pem", "/no/such.key").server();
    let error = missing.unwrap_err();
    assert!(matches!(tls(&error), TlsError::File { path, .. } if path.ends_with("such.pem")));
    assert_eq!(error.io_kind(), Some(std::io::ErrorKind::NotFound));
    let errors = [
        new_context().certificate_pem("nonsense", &identity.key).server(),
        new_context().certificate_pem(&identity.certificate, "nonsense").server(),
        new_context().certificate_pem(&identity.certificate, &identity.certificate).server(),
        new_context().root_pem("nonsense").client(),
    ];
    for error in errors {
        let error = error.unwrap_err();
        assert!(matches!(tls(&error), TlsError::Pem { .. }), "{error}");
        assert!(error.to_string().starts_with("the bytes given: "), "{error}");
    }
    let errors = [
        new_context().server(),
        new_context().certificate_pem(&identity.certificate, &other.key).server(),
        identity.shown().client_certificates(ClientCertificates::Required).server(),
    ];
    for error in errors {
        let error = error.unwrap_err();
        assert!(matches!(tls(&error), TlsError::Context { .. }), "{error}");
    }
}

#[test]
fn contexts_and_sockets_that_do_not_fit_are_told() -> Result<(), Error> {
    let authority = Authority::new();
    let server = authority.server("localhost").server()?;
    let client = authority.client().client()?;
    assert_eq!((server.side(), client.side()), (Side::Server, Side::Client));
    let socket = AsyncSocket::tcp()?;
    let wrong = server.wrap_connected_socket(&socket, Handshake::AsClient("localhost"));
    assert!(matches!(tls(&wrong.unwrap_err()), TlsError::WrongSide { context: Side::Server }));
    let wrong = client.wrap_connected_socket(&socket, Handshake::AsServer);
    assert!(matches!(tls(&wrong.unwrap_err()), TlsError::WrongSide { context: Side::Client }));
    let wrong = client.wrap_connected_socket(&socket, Handshake::AsClient("no name"));
    assert!(matches!(tls(&wrong.unwrap_err()), TlsError::ServerName { text } if text == "no name"));
    assert!(!socket.is_ssl());
    run(async move {
        let error = socket.handshake().await.unwrap_err();
        assert!(matches!(tls(&error), TlsError::NotWrapped), "{error}");
        server.wrap_socket(&socket)?;
        assert!(socket.is_ssl());
        let twice = client.wrap_socket(&socket).unwrap_err();
        assert!(matches!(tls(&twice), TlsError::AlreadyWrapped), "{twice}");
        let error = socket.connect("127.0.0.1:1").await.unwrap_err();
        assert!(matches!(tls(&error), TlsError::WrongSide { context: Side::Server }), "{error}");
        // As a socket that is not connected, which it is.
        let error = socket.recv(1).await.unwrap_err();
        assert!(matches!(error.downcast_ref(), Some(SocketError::Os { .. })), "{error}");
        socket.close();
        assert!(!socket.is_ssl());
        assert_eq!(client.wrap_socket(&socket).unwrap_err().kind(), async_proc::ErrorKind::Closed);
        Ok(())
    });
    Ok(())
}

#[test]
fn a_name_that_is_none_is_refused_before_anything_is_connected() {
    run(async {
        let client = Authority::new().client().client()?;
        let error: Future<AsyncSocket> = client.dial(("under_score..dots", 1));
        let error = error.await.map(drop).unwrap_err();
        assert!(matches!(tls(&error), TlsError::ServerName { .. }), "{error}");
        Ok(())
    });
}
