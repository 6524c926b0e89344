package io.nimoshake.dynamodb.client;

import io.nimoshake.core.fault.Unreachable;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;

/** Says in a few words which endpoint of DynamoDB cannot be reached, and how that shows. */
final class ServerOutage {
  /** How the HTTP client names the endpoint in its messages. */
  private static final Pattern ENDPOINT =
      Pattern.compile("Connect to (?:https?://)?([^\\s\\[]+)|^([^\\s\\[]+) failed to respond");

  private ServerOutage() {}

  /** The endpoint that an exception is about; empty if the exception does not say which. */
  static Optional<Unreachable> of(SdkException e) {
    Optional<Unreachable> found = Optional.empty();
    for (Throwable cause = e; cause != null && found.isEmpty(); cause = cause.getCause()) {
      found = ofCause(cause, String.valueOf(cause.getMessage()));
    }
    return found;
  }

  private static Optional<Unreachable> ofCause(Throwable cause, String message) {
    if (cause instanceof UnknownHostException) {
      String host = message.replaceAll(":.*", "");
      return Optional.of(unreachable(host, "has a host name that is not known"));
    }
    Matcher endpoint = ENDPOINT.matcher(message);
    if (cause instanceof SdkException || !endpoint.find()) {
      return Optional.empty();
    }
    String server = endpoint.group(1) == null ? endpoint.group(2) : endpoint.group(1);
    return Optional.of(unreachable(server, how(cause, message)));
  }

  private static Unreachable unreachable(String endpoint, String how) {
    return new Unreachable("DynamoDB at " + endpoint, how);
  }

  private static String how(Throwable cause, String message) {
    if (message.contains("refused")) {
      return "refuses connections";
    }
    if (cause instanceof SocketTimeoutException || message.contains("timed out")) {
      return "does not answer";
    }
    return cause instanceof ConnectException ? "cannot be connected to" : "closes connections";
  }
}
