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
 * Removes secrets from texts: known ones everywhere, and the password of any URI. A short one may
 * be part of an ordinary word or number by chance, so it is removed only where it stands alone.
 * Safe for use by many threads.
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

  /** From this length on, a secret is removed inside of words too. */
  private static final int NO_WORD = 8;

  /** From this length on, a secret is not part of the name of a table by chance. */
  private static final int NO_NAME = 16;

  private static final Pattern TABLE_NAME = Pattern.compile("[A-Za-z0-9_.-]{3,255}");

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
        result =
            secret.length() < NO_WORD ? maskAlone(result, secret) : result.replace(secret, MASK);
      }
    }
    return result;
  }

  /**
   * The name of a table. It is no secret, even if the same word is: others must find the table by
   * its name.
   */
  public String applyToTable(String name) {
    if (!TABLE_NAME.matcher(name).matches()) {
      return apply(name);
    }
    String result = name;
    for (String secret : secrets) {
      if (secret.length() >= NO_NAME) {
        result = result.replace(secret, MASK);
      }
    }
    return result;
  }

  private static String maskAlone(String text, String secret) {
    StringBuilder masked = new StringBuilder();
    int from = 0;
    int at = text.indexOf(secret);
    while (at >= 0) {
      int end = at + secret.length();
      masked.append(text, from, at).append(standsAlone(text, at, end) ? MASK : secret);
      from = end;
      at = text.indexOf(secret, end);
    }
    return masked.append(text, from, text.length()).toString();
  }

  private static boolean standsAlone(String text, int start, int end) {
    boolean joinedBefore = isOfWord(text, start) && goesOn(text, start - 1, -1);
    boolean joinedAfter = isOfWord(text, end - 1) && goesOn(text, end, 1);
    return !joinedBefore && !joinedAfter;
  }

  /** Whether a word goes on here, as in {@code test-orders}, {@code 0.1234} or {@code test_1}. */
  private static boolean goesOn(String text, int at, int step) {
    return isOfWord(text, at)
        || at >= 0
            && at < text.length()
            && "-_.".indexOf(text.charAt(at)) >= 0
            && isOfWord(text, at + step);
  }

  private static boolean isOfWord(String text, int at) {
    return at >= 0 && at < text.length() && Character.isLetterOrDigit(text.charAt(at));
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
