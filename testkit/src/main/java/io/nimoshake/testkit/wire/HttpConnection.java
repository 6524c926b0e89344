package io.nimoshake.testkit.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A server's end of an HTTP/1.1 connection, as far as clients of DynamoDB use HTTP: one request
 * after the other, each with its length.
 */
public final class HttpConnection {
  /**
   * A request as it came in.
   *
   * @param head its first line and its headers
   */
  public record Request(String head, byte[] body) {
    /** A header's first value; names are compared without regard to case. */
    public Optional<String> header(String name) {
      int at = head.toLowerCase(Locale.ROOT).indexOf("\r\n" + name.toLowerCase(Locale.ROOT) + ":");
      if (at < 0) {
        return Optional.empty();
      }
      int from = at + name.length() + 3;
      int to = head.indexOf("\r\n", from);
      return Optional.of(head.substring(from, to < 0 ? head.length() : to).trim());
    }

    /** All headers; names are compared without regard to case. */
    public Map<String, List<String>> headers() {
      Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      head.lines()
          .skip(1)
          .forEach(
              line -> {
                int colon = line.indexOf(':');
                headers
                    .computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).trim());
              });
      return headers;
    }

    /** The X-Amz-Target header, such as {@code DynamoDB_20120810.PutItem}; empty without one. */
    public String target() {
      return header("X-Amz-Target").orElse("");
    }

    /** The body as text. */
    public String text() {
      return new String(body, UTF_8);
    }

    private int contentLength() {
      return header("Content-Length").map(Integer::parseInt).orElse(0);
    }
  }

  private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};
  private static final int SMALL_BYTES = 4 * 1024;

  private final InputStream in;
  private final OutputStream out;
  private byte[] received = new byte[16 * 1024];
  private int length;

  public HttpConnection(Socket socket) throws IOException {
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  /** The next request; empty when the client has left between two requests. */
  public Optional<Request> next() throws IOException {
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
    String headers = new String(received, 0, head, ISO_8859_1);
    Request begun = new Request(headers, new byte[0]);
    int bodyAt = head + HEAD_END.length;
    int end = bodyAt + begun.contentLength();
    if (length < end && begun.header("Expect").isPresent()) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
    }
    while (length < end) {
      if (!receive()) {
        throw new EOFException("half a request");
      }
    }
    Request request = new Request(headers, Arrays.copyOfRange(received, bodyAt, end));
    System.arraycopy(received, end, received, 0, length - end);
    length -= end;
    return Optional.of(request);
  }

  /**
   * Sends an answer.
   *
   * @param headers each line with its end; without Content-Length
   * @param bodyLength how many bytes of {@code body} the answer has
   * @param sentBytes how many of them are sent; if fewer, the caller closes the connection
   */
  public void answer(int status, String headers, byte[] body, int bodyLength, int sentBytes)
      throws IOException {
    String head =
        "HTTP/1.1 "
            + status
            + " "
            + (status == 200 ? "OK" : "Error")
            + "\r\n"
            + headers
            + "Content-Length: "
            + bodyLength
            + "\r\n\r\n";
    byte[] headBytes = head.getBytes(ISO_8859_1);
    if (sentBytes <= SMALL_BYTES) {
      // In one packet, which saves both sides a turn.
      byte[] whole = Arrays.copyOf(headBytes, headBytes.length + sentBytes);
      System.arraycopy(body, 0, whole, headBytes.length, sentBytes);
      out.write(whole);
    } else {
      out.write(headBytes);
      out.write(body, 0, sentBytes);
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
    for (int i = from; i <= length - HEAD_END.length; i++) {
      if (Arrays.equals(received, i, i + HEAD_END.length, HEAD_END, 0, HEAD_END.length)) {
        return i;
      }
    }
    return -1;
  }
}
