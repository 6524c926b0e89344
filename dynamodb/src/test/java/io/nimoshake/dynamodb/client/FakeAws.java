package io.nimoshake.dynamodb.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * DynamoDB, STS and the SSO portal in one, on a plain socket: it can have another clock, and it can
 * be a proxy. Every table listing is empty. The n-th credentials it gives out have the access key
 * {@code ROLEn}.
 */
final class FakeAws implements AutoCloseable {
  private static final DateTimeFormatter SIGNED =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  /**
   * A request.
   *
   * @param line the first line
   * @param headers by lower-case name
   */
  record Request(String line, Map<String, String> headers, String body) {
    /** The access key that signed it. */
    String accessKey() {
      String authorization = headers.getOrDefault("authorization", "");
      return authorization.replaceFirst(".*Credential=([^/]*)/.*", "$1");
    }
  }

  private record Reply(int status, String type, String body) {}

  private final ServerSocket server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger given = new AtomicInteger();
  private volatile Duration clockAhead = Duration.ZERO;
  private volatile Duration lifetime = Duration.ofHours(1);
  private volatile Reply stsRefusal;

  FakeAws() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** Sets its clock; requests that were signed at another time are refused. */
  FakeAws clockAhead(Duration ahead) {
    clockAhead = ahead;
    return this;
  }

  /** Sets how long the credentials live that it gives out. */
  FakeAws credentialsLive(Duration time) {
    lifetime = time;
    return this;
  }

  FakeAws refuseRoles(int status, String code, String message) {
    String body =
        "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>"
            + "</ErrorResponse>";
    stsRefusal = new Reply(status, "text/xml", body.formatted(code, message));
    return this;
  }

  FakeAws allowRoles() {
    stsRefusal = null;
    return this;
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  /** Requests to DynamoDB or DynamoDB Streams. */
  List<Request> toDynamo() {
    return requests.stream().filter(r -> r.headers().containsKey("x-amz-target")).toList();
  }

  /** Bodies of the requests to STS, decoded. */
  List<String> toSts() {
    return requests.stream()
        .filter(request -> request.body().contains("Action="))
        .map(request -> URLDecoder.decode(request.body(), StandardCharsets.UTF_8))
        .toList();
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        threads.execute(() -> serve(socket));
      } catch (SocketException e) {
        return; // closed
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
          String[] parts = header.split(":", 2);
          headers.put(parts[0].toLowerCase(java.util.Locale.ROOT), parts[1].strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        Request request = new Request(line, headers, body);
        requests.add(request);
        Reply reply = reply(request);
        String head =
            "HTTP/1.1 %d x\r\nDate: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(
                    reply.status(),
                    DateTimeFormatter.RFC_1123_DATE_TIME.format(now().atZone(ZoneOffset.UTC)),
                    reply.type(),
                    reply.body().length());
        socket.getOutputStream().write((head + reply.body()).getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
      }
    } catch (SocketException e) {
      // The client has closed the connection.
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      text.append((char) c);
    }
    return text.toString().strip();
  }

  private Instant now() {
    return Instant.now().plus(clockAhead);
  }

  private Reply reply(Request request) {
    String json = "application/x-amz-json-1.0";
    if (request.line().startsWith("CONNECT")) {
      return new Reply(502, "text/plain", "no way through");
    }
    if (request.body().contains("Action=")) {
      return stsRefusal != null ? stsRefusal : new Reply(200, "text/xml", sts(request));
    }
    if (request.line().contains("/federation/credentials")) {
      return new Reply(200, "application/json", sso());
    }
    String date = request.headers().get("x-amz-date");
    Instant signed = LocalDateTime.parse(date, SIGNED).toInstant(ZoneOffset.UTC);
    if (Duration.between(signed, now()).abs().compareTo(TOLERANCE) > 0) {
      String message = "Signature expired: %s is now earlier than %s".formatted(date, now());
      return new Reply(
          400,
          json,
          "{\"__type\":\"com.amazon.coral.service#InvalidSignatureException\",\"message\":\""
              + message
              + "\"}");
    }
    return new Reply(200, json, "{\"TableNames\":[]}");
  }

  private String sts(Request request) {
    String action = request.body().replaceFirst(".*Action=(\\w+).*", "$1");
    return ("<%1$sResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><%1$sResult>"
            + "<Credentials><AccessKeyId>ROLE%2$d</AccessKeyId>"
            + "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
            + "<Expiration>%3$s</Expiration></Credentials><AssumedRoleUser>"
            + "<Arn>arn:aws:sts::123456789012:assumed-role/x/y</Arn>"
            + "<AssumedRoleId>x:y</AssumedRoleId></AssumedRoleUser></%1$sResult></%1$sResponse>")
        .formatted(action, given.incrementAndGet(), Instant.now().plus(lifetime));
  }

  private String sso() {
    return ("{\"roleCredentials\":{\"accessKeyId\":\"ROLE%d\",\"secretAccessKey\":\"s\","
            + "\"sessionToken\":\"t\",\"expiration\":%d}}")
        .formatted(given.incrementAndGet(), Instant.now().plus(lifetime).toEpochMilli());
  }
}
