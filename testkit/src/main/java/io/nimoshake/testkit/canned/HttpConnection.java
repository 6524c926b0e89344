package io.nimoshake.testkit.canned;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The little of HTTP/1.1 that clients of DynamoDB use: one request after the other on a connection,
 * each with its length.
 */
final class HttpConnection {
  /**
   * @param operation the X-Amz-Target header without its version
   */
  record Request(String operation, String body) {}

  private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

  private final InputStream in;
  private final OutputStream out;
  private byte[] received = new byte[16 * 1024];
  private int length;

  HttpConnection(Socket socket) throws IOException {
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  /** Empty when the client has left between two requests. */
  Optional<Request> next() throws IOException {
    int head = headEnd(0);
    while (head < 0) {
      int before = length;
      if (!receive()) {
        if (length > 0) {
          throw new EOFException("half a request");
        }
        return Optional.empty();
      }
      head = headEnd(Math.max(0, before - HEAD_END.length));
    }
    String headers = new String(received, 0, head, StandardCharsets.ISO_8859_1);
    int end = head + HEAD_END.length + Integer.parseInt(header(headers, "content-length", "0"));
    while (length < end) {
      if (!receive()) {
        throw new EOFException("half a request");
      }
    }
    int bodyAt = head + HEAD_END.length;
    String body = new String(received, bodyAt, end - bodyAt, StandardCharsets.UTF_8);
    System.arraycopy(received, end, received, 0, length - end);
    length -= end;
    String target = header(headers, "x-amz-target", "");
    return Optional.of(new Request(target.substring(target.indexOf('.') + 1), body));
  }

  void answer(int status, byte[] body, int bodyLength) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(body, 0, bodyLength);
    String head =
        "HTTP/1.1 "
            + status
            + (status == 200 ? " OK" : " Bad Request")
            + "\r\nContent-Type: application/x-amz-json-1.0\r\nDate: "
            + DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC))
            + "\r\nx-amzn-RequestId: 00000000-0000-0000-0000-000000000000\r\nx-amz-crc32: "
            + checksum.getValue()
            + "\r\nContent-Length: "
            + bodyLength
            + "\r\n\r\n";
    byte[] headBytes = head.getBytes(StandardCharsets.ISO_8859_1);
    if (bodyLength <= 4 * 1024) {
      // In one packet, which saves both sides a turn.
      byte[] whole = Arrays.copyOf(headBytes, headBytes.length + bodyLength);
      System.arraycopy(body, 0, whole, headBytes.length, bodyLength);
      out.write(whole);
    } else {
      out.write(headBytes);
      out.write(body, 0, bodyLength);
    }
  }

  private boolean receive() throws IOException {
    if (length == received.length) {
      received = Arrays.copyOf(received, 2 * length);
    }
    int got = in.read(received, length, received.length - length);
    length += Math.max(0, got);
    return got >= 0;
  }

  private int headEnd(int from) {
    return indexOf(received, from, length);
  }

  private static int indexOf(byte[] bytes, int from, int to) {
    for (int i = from; i <= to - HEAD_END.length; i++) {
      if (Arrays.equals(bytes, i, i + HEAD_END.length, HEAD_END, 0, HEAD_END.length)) {
        return i;
      }
    }
    return -1;
  }

  private static String header(String headers, String name, String otherwise) {
    int at = headers.toLowerCase(Locale.ROOT).indexOf("\r\n" + name + ":");
    if (at < 0) {
      return otherwise;
    }
    int from = at + name.length() + 3;
    int to = headers.indexOf("\r\n", from);
    return headers.substring(from, to < 0 ? headers.length() : to).trim();
  }
}
