package io.nimoshake.dynamodb.client;

import java.io.IOException;
import java.nio.file.FileSystemException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * No provider has given credentials. It is always the cause of an exception of the SDK: the SDK
 * copies its own exceptions and would forget a subclass of them.
 */
final class CredentialsFailure extends Exception {
  private static final long serialVersionUID = 1;
  private static final int TOO_MANY_REQUESTS = 429;

  /** What is to be done about it. */
  enum Kind {
    /** No credentials are configured, or those that are configured are refused. */
    FINAL,
    /** A provider could not reach its service. */
    PASSING,
    /** A provider that has worked before does not work now. */
    UNKNOWN
  }

  private final Kind kind;

  CredentialsFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  /** Whether a provider's failure may pass. */
  static boolean passes(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof CredentialsFailure nested) {
        return nested.kind == Kind.PASSING;
      }
      if (e instanceof AwsServiceException service) {
        return Faults.isPassing(service);
      }
      if (e instanceof SdkServiceException service) {
        return service.statusCode() >= 500 || service.statusCode() == TOO_MANY_REQUESTS;
      }
      if (e instanceof IOException) {
        // A file with a token or a profile is missing or cannot be read.
        return !(e instanceof FileSystemException);
      }
    }
    return false;
  }

  /** What a provider said, in one line. */
  static String reason(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof CredentialsFailure) {
        return e.getMessage();
      }
      if (e instanceof AwsServiceException service) {
        return Faults.describe(service);
      }
    }
    String said = Faults.flat(withoutProfileDump(String.valueOf(failure.getMessage())));
    said = said.replaceFirst("^Unable to load credentials from system settings\\. ", "");
    said = said.replaceFirst("\\.$", "");
    String root = Faults.rootMessage(failure);
    boolean says = said.contains(root) || failure.getCause() == null;
    return root.startsWith(Faults.UNKNOWN_HOST) ? root : says ? said : said + " (" + root + ")";
  }

  /** The SDK appends the whole profile file. */
  private static String withoutProfileDump(String message) {
    int dump = message.indexOf(": ProfileFile(");
    return dump < 0 ? message : message.substring(0, dump);
  }
}
