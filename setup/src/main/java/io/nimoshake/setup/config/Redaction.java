package io.nimoshake.setup.config;

import io.nimoshake.mongodb.client.MongoAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Removes secrets from texts: known ones everywhere, and the password of any URI. Safe for use by
 * many threads.
 */
public final class Redaction {
  /** The text that replaces a secret. */
  public static final String MASK = "***";

  /** Removes only the passwords of URIs. */
  public static final Redaction NOTHING_KNOWN = new Redaction(Set.of(), Map.of());

  /** A password may contain a raw @ or /, so it ends at the last @ before a blank or a quote. */
  private static final Pattern PASSWORD_IN_URI =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://[^\\s:/@\"']*):([^\\s\"']+)@");

  /** Shorter texts are no secrets, and occur everywhere. */
  private static final int SHORTEST_SECRET = 4;

  private final List<String> secrets;

  /** The connection strings of the configuration, and what is shown of them. */
  private final Map<String, String> addresses;

  private Redaction(Collection<String> secrets, Map<String, String> addresses) {
    this.addresses = Map.copyOf(addresses);
    this.secrets =
        secrets.stream()
            .filter(secret -> secret.length() >= SHORTEST_SECRET)
            .flatMap(secret -> Stream.of(secret, inJson(secret)))
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  /** Knows these secrets, and the passwords of the URIs in these texts, encoded and decoded. */
  static Redaction of(Collection<String> secrets, Collection<String> texts) {
    Set<String> known = new LinkedHashSet<>(secrets);
    Map<String, String> addresses = new HashMap<>();
    for (String text : texts) {
      if (MongoAddress.isOne(text)) {
        known.addAll(MongoAddress.secrets(text));
        addresses.put(text, MongoAddress.masked(text));
        continue;
      }
      Matcher uri = PASSWORD_IN_URI.matcher(text);
      while (uri.find()) {
        known.add(uri.group(2));
        known.add(decoded(uri.group(2)));
      }
    }
    return new Redaction(known, addresses);
  }

  /** Whether a text contains a URI with a password. */
  static boolean holdsPassword(String text) {
    return MongoAddress.isOne(text)
        ? !MongoAddress.secrets(text).isEmpty()
        : PASSWORD_IN_URI.matcher(text).find();
  }

  /** The text without secrets. */
  public String apply(String text) {
    String result = text;
    for (Map.Entry<String, String> address : addresses.entrySet()) {
      result = result.replace(address.getKey(), address.getValue());
    }
    if (text.contains("://")) {
      result =
          PASSWORD_IN_URI.matcher(result).replaceAll("$1:" + Matcher.quoteReplacement(MASK) + "@");
    }
    for (String secret : secrets) {
      if (result.contains(secret)) {
        result = result.replace(secret, MASK);
      }
    }
    return result;
  }

  private static String inJson(String secret) {
    return secret.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private static String decoded(String password) {
    try {
      return URLDecoder.decode(password.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // it is not percent-encoded
      return password;
    }
  }
}
