package io.nimoshake.dynamodb.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.dynamodb.client.DynamoSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/**
 * The signature must cover the body that is sent, not the one that the SDK made. AWS checks it;
 * DynamoDB Local does not.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html">
 *     Create a signed AWS API request</a>
 */
class SignatureTest {
  private static final String SECRET = "verysecretkey";
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=key/([^,]+), SignedHeaders=([^,]+), Signature=(\\w+)");

  @Test
  void coversTheBodyThatIsSent() throws Exception {
    AtomicReference<String> sent = new AtomicReference<>();
    AtomicReference<String> signed = new AtomicReference<>();
    AtomicReference<String> expected = new AtomicReference<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          sent.set(new String(body, UTF_8));
          Matcher authorization =
              AUTHORIZATION.matcher(exchange.getRequestHeaders().getFirst("Authorization"));
          assertTrue(authorization.matches());
          signed.set(authorization.group(3));
          expected.set(signature(exchange, body, authorization.group(1), authorization.group(2)));
          exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write("{}".getBytes(UTF_8));
          exchange.close();
        });
    server.start();
    DynamoSettings settings =
        DynamoSettings.defaults()
            .withRegion("eu-central-1")
            .withEndpoint(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
            .withCredentials(new DynamoSettings.Credentials("key", SECRET, Optional.empty()));
    TableSchema table =
        new TableSchema(
            "t", new KeyAttribute("id", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);
    Slice item = Slice.utf8("{\"id\":{\"S\":\"ä\"}}");
    try (DynamoTarget target = new DynamoTarget(new DynamoTargetSettings(settings, true))) {
      target.write(
          table, List.of(new Change.Upsert(new ItemKey(item), item)), WriteMode.COPY_REPLACE);
    } finally {
      server.stop(0);
    }
    assertTrue(sent.get().contains("{\"id\":{\"S\":\"ä\"}}"), sent.get());
    assertEquals(expected.get(), signed.get());
  }

  private static String signature(
      HttpExchange request, byte[] body, String scope, String signedHeaders) throws IOException {
    StringBuilder canonical = new StringBuilder("POST\n/\n\n");
    for (String name : signedHeaders.split(";")) {
      canonical.append(name).append(':');
      canonical.append(request.getRequestHeaders().getFirst(name).strip()).append('\n');
    }
    try {
      canonical.append('\n').append(signedHeaders).append('\n').append(sha256(body));
      String toSign =
          String.join(
              "\n",
              "AWS4-HMAC-SHA256",
              request.getRequestHeaders().getFirst("X-Amz-Date"),
              scope,
              sha256(canonical.toString().getBytes(UTF_8)));
      byte[] key = ("AWS4" + SECRET).getBytes(UTF_8);
      for (String part : scope.split("/")) {
        key = hmac(key, part);
      }
      return HexFormat.of().formatHex(hmac(key, toSign));
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static String sha256(byte[] bytes) throws GeneralSecurityException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(UTF_8));
  }
}
