package io.nimoshake.mongodb.client;

import com.mongodb.ConnectionString;
import com.mongodb.MongoCredential;
import com.mongodb.MongoException;
import com.mongodb.spi.dns.DnsClient;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The secrets in a connection string, and what is wrong with it. The driver itself parses the
 * string, so that both agree on where a password ends. No name server is asked.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/connection-string/">MongoDB Manual,
 *     Connection Strings</a>
 */
public final class MongoAddress {
  private static final Pattern SCHEME = Pattern.compile("mongodb(?:\\+srv)?://");

  /** For {@code mongodb+srv}: it has no options to add. */
  private static final DnsClient NO_DNS = (name, type) -> List.of();

  /** Options with a secret, also those that only other drivers know. */
  private static final Pattern SECRET_OPTION =
      Pattern.compile("(?i).*(password|passphrase|secret|token).*");

  private static final Pattern HOSTS =
      Pattern.compile("[^:,]+(:\\d+)?(,[^:,]+(:\\d+)?)*|\\[.*](:\\d+)?");

  /** Options of which the last one with an @ has it in its value. */
  private static final Pattern OPTION_WITH_AT = Pattern.compile("(.*[&;])?\\w+=[^&;]*@[^@]*");

  private static final String MECHANISM_PROPERTIES = "authmechanismproperties";

  private MongoAddress() {}

  /** Whether a text is meant as a connection string. */
  public static boolean isOne(String text) {
    return SCHEME.matcher(text).lookingAt();
  }

  /** Everything in a connection string that must not be shown, encoded and decoded. */
  public static Set<String> secrets(String address) {
    Set<String> secrets = new LinkedHashSet<>();
    String rest = SCHEME.matcher(address).replaceFirst("");
    int at = userInfoEnd(rest);
    if (at > 0) {
      int colon = rest.indexOf(':');
      if (colon >= 0 && colon < at) {
        add(secrets, rest.substring(colon + 1, at));
      }
    }
    int question = rest.indexOf('?', Math.max(at, 0));
    if (question >= 0) {
      addOptions(secrets, rest.substring(question + 1));
    }
    parsed(address).ifPresent(parsed -> addParsed(secrets, parsed));
    secrets.remove("");
    return secrets;
  }

  /** The address with stars in the place of every secret, however short it is. */
  public static String masked(String address) {
    String rest = SCHEME.matcher(address).replaceFirst("");
    String scheme = address.substring(0, address.length() - rest.length());
    int at = userInfoEnd(rest);
    int colon = rest.indexOf(':');
    String user =
        at < 0 ? "" : colon >= 0 && colon < at ? rest.substring(0, colon) + ":***@" : "***@";
    String hosts = rest.substring(at + 1);
    int question = hosts.indexOf('?');
    if (question < 0) {
      return scheme + user + hosts;
    }
    List<String> options = new ArrayList<>();
    for (String option : hosts.substring(question + 1).split("[&;]")) {
      int equals = option.indexOf('=');
      String name = equals < 0 ? option : option.substring(0, equals);
      boolean secret =
          name.equalsIgnoreCase(MECHANISM_PROPERTIES) || SECRET_OPTION.matcher(name).matches();
      options.add(secret && equals >= 0 ? name + "=***" : option);
    }
    return scheme + user + hosts.substring(0, question + 1) + String.join("&", options);
  }

  /** The servers of a connection string as they are written, without credentials and options. */
  public static String servers(String address) {
    String rest = SCHEME.matcher(address).replaceFirst("");
    return rest.substring(userInfoEnd(rest) + 1).replaceFirst("[/?].*", "");
  }

  /**
   * Where user and password end; -1 if there are none. A raw {@code @} belongs to the password,
   * unless all else looks like servers and options.
   */
  private static int userInfoEnd(String rest) {
    int question = rest.indexOf('?');
    int before = question < 0 ? rest.lastIndexOf('@') : rest.lastIndexOf('@', question);
    if (before >= 0 || question < 0) {
      return before;
    }
    return hasAtInOption(rest, question) ? -1 : rest.lastIndexOf('@');
  }

  /** Whether an @ after the first ? can only be in the value of an option: {@code host/?a=b@c}. */
  private static boolean hasAtInOption(String rest, int question) {
    int slash = rest.indexOf('/');
    return slash >= 0
        && slash < question
        && HOSTS.matcher(rest.substring(0, slash)).matches()
        && OPTION_WITH_AT.matcher(rest.substring(question + 1)).matches();
  }

  private static void addOptions(Set<String> secrets, String options) {
    for (String option : options.split("[&;]")) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        continue;
      }
      String name = option.substring(0, equals).toLowerCase(Locale.ROOT);
      String value = option.substring(equals + 1);
      if (name.equals(MECHANISM_PROPERTIES)) {
        for (String property : decoded(value).split(",")) {
          int colon = property.indexOf(':');
          if (colon >= 0 && SECRET_OPTION.matcher(property.substring(0, colon)).matches()) {
            add(secrets, property.substring(colon + 1));
            add(secrets, value.substring(Math.min(value.length(), value.indexOf(':') + 1)));
          }
        }
      } else if (SECRET_OPTION.matcher(name).matches()) {
        add(secrets, value);
      }
    }
  }

  private static void addParsed(Set<String> secrets, ConnectionString parsed) {
    MongoCredential credential = parsed.getCredential();
    if (credential != null && credential.getPassword() != null) {
      secrets.add(new String(credential.getPassword()));
    }
    if (parsed.getProxyPassword() != null) {
      secrets.add(parsed.getProxyPassword());
    }
  }

  private static void add(Set<String> secrets, String encoded) {
    secrets.add(encoded);
    secrets.add(decoded(encoded));
  }

  /** As the driver decodes: a plus stands for itself. */
  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // it is not percent-encoded
      return text;
    }
  }

  private static Optional<ConnectionString> parsed(String address) {
    try {
      return Optional.of(new ConnectionString(address, NO_DNS));
    } catch (IllegalArgumentException | MongoException e) {
      // problem() tells what is wrong
      return Optional.empty();
    }
  }

  /**
   * What is wrong with a connection string, without a piece of it.
   *
   * @return empty if the driver takes it
   */
  public static Optional<String> problem(String address) {
    String rest = SCHEME.matcher(address).replaceFirst("");
    int at = userInfoEnd(rest);
    if (at >= 0 && hasRawCharacters(rest.substring(0, at))) {
      return Optional.of(
          "the user or the password contains one of @ : / ? % as it is: percent-encode it"
              + " (@ is %40, : is %3A, / is %2F, ? is %3F, % is %25)");
    }
    try {
      new ConnectionString(address, NO_DNS);
      return Optional.empty();
    } catch (IllegalArgumentException | MongoException e) {
      String message = e.getMessage() == null ? "it cannot be read" : e.getMessage();
      for (String secret : secrets(address)) {
        message = message.replace(secret, "***");
      }
      return Optional.of(message.replace('\n', ' '));
    }
  }

  private static boolean hasRawCharacters(String userInfo) {
    int colon = userInfo.indexOf(':');
    String password = colon < 0 ? "" : userInfo.substring(colon + 1);
    String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
    return Pattern.compile("[@:/?]|%(?![0-9A-Fa-f]{2})").matcher(password).find()
        || Pattern.compile("[@/?]|%(?![0-9A-Fa-f]{2})").matcher(user).find();
  }
}
