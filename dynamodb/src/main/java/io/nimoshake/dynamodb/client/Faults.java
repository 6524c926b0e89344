package io.nimoshake.dynamodb.client;

import io.nimoshake.core.fault.Fault;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Turns exceptions of the SDK into a {@link Fault}. Error codes are known here and nowhere else.
 *
 * <p>Only errors that are known to be final are final. An error that nobody knows becomes {@link
 * Fault.Unknown} and is retried for a while.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html">
 *     Error handling with DynamoDB</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html">Common
 *     Error Types</a>
 */
public final class Faults {
  /** How a message about an unknown host begins. */
  static final String UNKNOWN_HOST = "unknown host ";

  private static final int MESSAGE_LIMIT = 300;
  private static final Pattern SIGNATURE_TIME =
      Pattern.compile("Signature (expired|not yet current)", Pattern.CASE_INSENSITIVE);

  private static final Set<String> THROTTLED =
      Set.of(
          "Throttling",
          "ThrottlingException",
          "ThrottledException",
          "ProvisionedThroughputExceededException",
          "LimitExceededException",
          "RequestLimitExceeded",
          "RequestThrottled",
          "RequestThrottledException",
          "TooManyRequestsException",
          "BandwidthLimitExceeded",
          "SlowDown");
  private static final Set<String> PASSING =
      Set.of(
          "InternalServerError",
          "InternalServerErrorException",
          "InternalFailure",
          "ServiceUnavailable",
          "ServiceUnavailableException",
          "RequestTimeout",
          "RequestTimeoutException",
          "RequestAborted",
          "RequestAbortedException",
          "PriorRequestNotComplete",
          "IDPCommunicationError",
          "InvalidEndpointException",
          "ResourceInUseException",
          "TableInUseException",
          "ReplicatedWriteConflictException",
          "TransactionConflictException",
          "TransactionInProgressException");
  private static final Set<String> NOT_FOUND =
      Set.of("ResourceNotFoundException", "TableNotFoundException");

  /** The request is wrong or not allowed: it will be refused again. */
  private static final Set<String> FINAL =
      Set.of(
          "AccessDenied",
          "AccessDeniedException",
          "NotAuthorized",
          "UnauthorizedOperation",
          "ValidationException",
          "ValidationError",
          "SerializationException",
          "RequestEntityTooLarge",
          "RequestEntityTooLargeException",
          "InvalidAction",
          "InvalidParameterCombination",
          "InvalidParameterValue",
          "InvalidQueryParameter",
          "MalformedQueryString",
          "MissingAction",
          "MissingParameter",
          "UnknownOperationException",
          "UnknownParameterException",
          "UnsupportedOperation",
          "ConditionalCheckFailedException",
          "ItemCollectionSizeLimitExceededException");

  private static final Set<String> REFUSES_ITEM =
      Set.of(
          "ValidationException",
          "SerializationException",
          "RequestEntityTooLarge",
          "ItemCollectionSizeLimitExceededException");

  private static final int TOO_LARGE = 413;

  private static final Set<String> DENIED =
      Set.of("AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized");

  private static final Set<String> BAD_CREDENTIALS =
      Set.of(
          "UnrecognizedClientException",
          "InvalidSignatureException",
          "SignatureDoesNotMatch",
          "IncompleteSignature",
          "IncompleteSignatureException",
          "MissingAuthenticationToken",
          "MissingAuthenticationTokenException",
          "InvalidClientTokenId",
          "InvalidAccessKeyId",
          "ExpiredToken",
          "ExpiredTokenException",
          "OptInRequired",
          "SubscriptionRequiredException");

  /** What a call is for, which decides who fails when its error is final. */
  private enum Subject {
    SERVICE,
    SOURCE_TABLE,
    TARGET_TABLE
  }

  private Faults() {}

  /**
   * The fault of a call for one table of the source. A final error fails that table only. A missing
   * table is {@link Fault.TableGone}.
   *
   * @param action what was tried, as in "cannot <i>scan table orders</i>"
   */
  public static Fault ofTable(String action, SdkException e) {
    return of(action, e, Subject.SOURCE_TABLE);
  }

  /**
   * The fault of a call for one table of the target. The caller has seen the table before, and the
   * service may know a new table on some of its hosts only. So an answer that the table does not
   * exist is retried like an unknown error.
   */
  public static Fault ofTargetTable(String action, SdkException e) {
    return of(action, e, Subject.TARGET_TABLE);
  }

  /** The fault of a call that is not for one table. A final error is fatal. */
  public static Fault ofService(String action, SdkException e) {
    return of(action, e, Subject.SERVICE);
  }

  private static Fault of(String action, SdkException e, Subject subject) {
    String prefix = "cannot " + action + ": ";
    if (e.getCause() instanceof CredentialsFailure failure) {
      String message = prefix + failure.getMessage();
      return switch (failure.kind()) {
        case FINAL -> new Fault.Fatal(message, e);
        case PASSING -> new Fault.Transient(message, e);
        case UNKNOWN -> new Fault.Unknown(message, e);
      };
    }
    if (e instanceof AwsServiceException service) {
      return ofAnswer(prefix, service, subject);
    }
    if (e instanceof ApiCallTimeoutException || e instanceof ApiCallAttemptTimeoutException) {
      return new Fault.Transient(prefix + "no answer in time", e);
    }
    if (e instanceof AbortedException || Thread.currentThread().isInterrupted()) {
      Thread.currentThread().interrupt();
      return new Fault.Transient(prefix + "interrupted", e);
    }
    if (String.valueOf(e.getMessage()).contains("Unable to load credentials")) {
      return new Fault.Fatal(prefix + "no AWS credentials found: " + flat(e.getMessage()), e);
    }
    return ServerOutage.of(e)
        .map(server -> new Fault.Transient("cannot " + action, server, e))
        .orElseGet(() -> new Fault.Transient(prefix + rootMessage(e), e));
  }

  private static Fault ofAnswer(String prefix, AwsServiceException e, Subject subject) {
    String code = code(e);
    String message = prefix + describe(e);
    if (isThrottling(e)) {
      return new Fault.Throttled(message, e);
    }
    if (isPassing(e)) {
      return new Fault.Transient(message, e);
    }
    if (isBadCredentials(e)) {
      return new Fault.Fatal(message, e);
    }
    if (NOT_FOUND.contains(code)) {
      return switch (subject) {
        case SERVICE -> new Fault.Fatal(message, e);
        case SOURCE_TABLE -> new Fault.TableGone(message, e);
        case TARGET_TABLE -> new Fault.Unknown(message, e);
      };
    }
    if (FINAL.contains(code)) {
      return subject == Subject.SERVICE
          ? new Fault.Fatal(message, e)
          : new Fault.TableFailed(message, e);
    }
    return new Fault.Unknown(message, e);
  }

  /** Whether the call may succeed later without any change. */
  static boolean isPassing(AwsServiceException e) {
    // The SDK corrects its clock after such an error, so the next call passes.
    return isThrottling(e) || PASSING.contains(code(e)) || e.statusCode() >= 500 || isClockSkew(e);
  }

  /**
   * Whether the service refuses the time of the request. The SDK does not recognise the error when
   * it has corrected its clock by then.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html">
   *     Troubleshooting Signature Version 4: Signature expired, Signature not yet current</a>
   */
  static boolean isClockSkew(Throwable e) {
    return e instanceof AwsServiceException service
        && (service.isClockSkewException()
            || SIGNATURE_TIME.matcher(String.valueOf(service.getMessage())).find());
  }

  /** Whether the service does not know who calls. */
  static boolean isBadCredentials(AwsServiceException e) {
    return BAD_CREDENTIALS.contains(code(e));
  }

  /** Whether the caller's policies do not allow the call. */
  public static boolean isDenial(AwsServiceException e) {
    return DENIED.contains(code(e));
  }

  /** Whether the service refuses what a write contains: it will refuse that again. */
  public static boolean isRefusal(AwsServiceException e) {
    return REFUSES_ITEM.contains(code(e)) || e.statusCode() == TOO_LARGE;
  }

  /** Whether the service asks for fewer calls. The SDK does not know all of these codes. */
  static boolean isThrottling(AwsServiceException e) {
    return THROTTLED.contains(code(e)) || e.isThrottlingException();
  }

  /** The service's error code; empty if it gave none. */
  public static String code(AwsServiceException e) {
    String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
    return code == null ? "" : code;
  }

  /** The service's error code and message on one line. */
  public static String describe(AwsServiceException e) {
    String message =
        Optional.ofNullable(e.awsErrorDetails()).map(d -> d.errorMessage()).orElse(null);
    String code = code(e);
    String what = code.isEmpty() ? "status " + e.statusCode() : code;
    return message == null || message.isBlank() ? what : what + " (" + oneLine(message) + ")";
  }

  /** The first line of a message, shortened. Services put the signed request on further lines. */
  static String oneLine(String message) {
    if (message == null) {
      return "no message";
    }
    return shortened(message.strip().lines().findFirst().orElse("no message"));
  }

  /** A message with all its lines on one line, shortened. */
  static String flat(String message) {
    return shortened(message.strip().replaceAll("\\s*\\R\\s*", " "));
  }

  private static String shortened(String line) {
    return line.length() <= MESSAGE_LIMIT ? line : line.substring(0, MESSAGE_LIMIT) + "...";
  }

  /** The message of the innermost cause. */
  static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root instanceof UnknownHostException
        ? UNKNOWN_HOST + oneLine(root.getMessage())
        : oneLine(root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage());
  }
}
