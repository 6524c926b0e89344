import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * What mvnw cannot do with the tools of the machine it does with the JDK: {@code get URL FILE}
 * downloads, {@code sha512 FILE} and {@code sha256 FILE} print a checksum.
 */
final class Fetch {
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "get" -> get(URI.create(args[1]), Path.of(args[2]));
      case "sha512" -> System.out.println(digest("SHA-512", Path.of(args[1])));
      case "sha256" -> System.out.println(digest("SHA-256", Path.of(args[1])));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void get(URI uri, Path file) throws Exception {
    HttpClient client =
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    HttpResponse<Path> response =
        client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofFile(file));
    if (response.statusCode() != 200) {
      Files.deleteIfExists(file);
      System.err.println("HTTP " + response.statusCode());
      System.exit(1);
    }
  }

  private static String digest(String algorithm, Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance(algorithm);
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
