use super::super::testing::{ADDRESSES, ask_http, converse, patient, reply_with, serve};
use super::*;

#[tokio::test]
async fn a_page() {
    for address in ADDRESSES {
        let reply = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        let address = serve(address, |stream| reply_with(stream, reply.to_vec())).await;
        let response = converse(&patient(), &ask_http(address)).await.http.unwrap().unwrap();
        assert_eq!((response.status, response.version.as_str()), (200, "HTTP/1.1"));
        assert_eq!(response.header("content-length"), Some("5"));
        assert_eq!(response.body.bytes(), b"hello");
        assert_eq!(response.body_end, BodyEnd::Complete);
    }
}
