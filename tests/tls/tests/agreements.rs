//! What the two sides of a handshake agree on.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use async_proc::net::AsyncSocket;
use async_proc::net::tls::{ClientCertificates, Handshake, TlsError, TlsVersion};
use async_proc_tls_tests::{Authority, connected, listener, run};

#[test]
fn version_cipher_suite_and_names_are_told_by_both_sides() {
    run(async {
        let authority = Authority::new();
        for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
            let context = authority.server("localhost").maximum_version(version).server()?;
            let listener = listener(&context)?;
            let client = authority.client().client()?;
            let (client, server) = connected(&listener, &client).await?;
            assert!(client.is_ssl() && server.is_ssl());
            assert_eq!(client.tls_version(), Some(version));
            assert_eq!(server.tls_version(), Some(version));
            assert!(client.cipher_suite().unwrap().starts_with("TLS"));
            assert_eq!(client.cipher_suite(), server.cipher_suite());
            assert_eq!(server.requested_name().as_deref(), Some("localhost"));
            assert_eq!(client.requested_name(), None);
            // The server's own, and no other: the client knows the authority.
            assert_eq!(client.peer_certificates().unwrap().len(), 1);
            assert_eq!(server.peer_certificates(), None);
            assert_eq!(client.alpn_protocol(), None);
            assert_eq!(client.tls_connection(|tls| tls.wants_write()), Some(false));
            client.close();
            assert_eq!(client.tls_version(), None);
        }
        Ok(())
    });
}

#[test]
fn the_preferred_common_protocol_is_chosen_and_having_none_in_common_is_an_error() {
    run(async {
        let authority = Authority::new();
        let listener = listener(&authority.server("localhost").alpn(["h2", "http/1.1"]).server()?)?;
        for (offered, chosen) in [
            (&["http/1.1"][..], Some(&b"http/1.1"[..])),
            (&["http/1.1", "h2"], Some(b"h2")),
            (&[], None),
        ] {
            let client = authority.client().alpn(offered).client()?;
            let (client, server) = connected(&listener, &client).await?;
            assert_eq!(client.alpn_protocol().as_deref(), chosen);
            assert_eq!(server.alpn_protocol().as_deref(), chosen);
        }
        let client = authority.client().alpn(["gopher"]).client()?;
        let dialling = client.dial(("localhost", listener.local_addr()?.port()));
        let error = listener.accept().await?.handshake().await.unwrap_err();
        assert!(matches!(error.downcast_ref(), Some(TlsError::NothingInCommon { .. })), "{error}");
        let error = dialling.await.map(drop).unwrap_err();
        assert!(error.to_string().contains("NoApplicationProtocol"), "{error}");
        Ok(())
    });
}

#[test]
fn a_client_that_has_a_certificate_shows_it_to_a_server_that_asks() {
    run(async {
        let authority = Authority::new();
        let shown = authority.sign("a client");
        for wanted in [
            ClientCertificates::Ignored,
            ClientCertificates::Optional,
            ClientCertificates::Required,
        ] {
            for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
                let context = authority
                    .server("localhost")
                    .root_pem(authority.pem())
                    .client_certificates(wanted)
                    .maximum_version(version);
                let listener = listener(&context.server()?)?;
                let client = authority.client().certificate_pem(&shown.certificate, &shown.key);
                let (client, server) = connected(&listener, &client.client()?).await?;
                let seen = server.peer_certificates();
                assert_eq!(seen.is_some(), wanted != ClientCertificates::Ignored);
                client.send("mine\n").await?;
                assert_eq!(server.recv_line().await?, "mine");

                if wanted == ClientCertificates::Optional {
                    let (_client, server) =
                        connected(&listener, &authority.client().client()?).await?;
                    assert_eq!(server.peer_certificates(), None);
                }
            }
        }
        Ok(())
    });
}

#[test]
fn a_session_is_resumed_unless_one_side_does_not_want_it() {
    run(async {
        let authority = Authority::new();
        for (server_may, client_may) in [(true, true), (false, true), (true, false)] {
            for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
                let context = authority
                    .server("localhost")
                    .session_resumption(server_may)
                    .maximum_version(version);
                let listener = listener(&context.server()?)?;
                let client = authority.client().session_resumption(client_may).client()?;
                for round in 0..3 {
                    let (client, server) = connected(&listener, &client).await?;
                    let expected = round > 0 && server_may && client_may;
                    assert_eq!(client.is_resumed(), expected, "{version:?}, round {round}");
                    assert_eq!(server.is_resumed(), expected);
                    // The session comes with what the server sends, and is kept when that is read.
                    server.send("x").await?;
                    assert_eq!(client.recv(1).await?, b"x");
                }
            }
        }
        Ok(())
    });
}

#[test]
fn a_connection_becomes_one_of_tls_in_the_middle_with_what_was_received_ahead() {
    run(async {
        let authority = Authority::new();
        let context = authority.server("localhost").server()?;
        let plain = AsyncSocket::listener("127.0.0.1:0")?;
        let client = AsyncSocket::dial(plain.local_addr()?).await?;
        let server = plain.accept().await?;
        // The client does not wait for an answer: its handshake is in the server's buffer with the
        // line before.
        client.send("STARTTLS\r\n").await?;
        authority
            .client()
            .client()?
            .wrap_connected_socket(&client, Handshake::AsClient("localhost"))?;
        let sending = client.send("encrypted\r\n");
        assert_eq!(server.recv_line().await?, "STARTTLS");
        assert!(server.has_data_buffered());
        context.wrap_connected_socket(&server, Handshake::AsServer)?;
        assert_eq!(server.recv_line().await?, "encrypted");
        sending.await?;
        assert!(client.tls_version().is_some() && server.tls_version().is_some());
        Ok(())
    });
}
