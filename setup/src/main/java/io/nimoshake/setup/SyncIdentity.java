package io.nimoshake.setup;

import io.nimoshake.setup.config.Choices.TargetType;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.GeneralKeys;
import io.nimoshake.setup.config.SourceKeys;
import io.nimoshake.setup.config.TargetKeys;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Which sync a configuration describes. Two configurations with different sources or targets are
 * different syncs, even if both use the default id.
 *
 * @param id the key {@code id}
 * @param fingerprint a short hash of id, source and target, without credentials
 */
public record SyncIdentity(String id, String fingerprint) {
  private static final int BYTES = 6;

  public static SyncIdentity of(Configuration configuration) {
    String id = configuration.get(GeneralKeys.ID);
    List<String> parts =
        List.of(
            id,
            configuration.find(SourceKeys.ENDPOINT_URL).map(URI::toString).orElse(""),
            configuration.find(SourceKeys.REGION).orElse(""),
            configuration.get(TargetKeys.TYPE).name(),
            place(configuration),
            configuration.find(TargetKeys.REGION).orElse(""));
    return new SyncIdentity(id, hash(String.join("\n", parts)));
  }

  private static String place(Configuration configuration) {
    return configuration.get(TargetKeys.TYPE) == TargetType.FILE
        ? configuration.get(TargetKeys.DIRECTORY)
        : servers(configuration.find(TargetKeys.ADDRESS).orElse(""));
  }

  /** The servers of an address: without credentials and options, in any order. */
  private static String servers(String address) {
    String rest = address.replaceFirst("^[a-z+]*://", "").replaceFirst("\\?.*", "");
    String servers = rest.substring(rest.lastIndexOf('@') + 1).replaceFirst("/.*", "");
    String[] names = servers.toLowerCase(Locale.ROOT).split(",");
    Arrays.sort(names);
    return String.join(",", names);
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
