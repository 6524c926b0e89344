package io.nimoshake.mongodb.client;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoClientException;
import com.mongodb.MongoConfigurationException;
import com.mongodb.MongoConnectionPoolClearedException;
import com.mongodb.MongoException;
import com.mongodb.MongoIncompatibleDriverException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoServerUnavailableException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.bulk.BulkWriteError;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Says what an error of MongoDB means. This is the only place that knows exception types and codes.
 * Messages are one line and hold no credentials.
 *
 * <p>An error that is not known here fails its table.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/error-codes/">MongoDB Manual, Error
 *     Codes</a>
 */
public final class MongoFaults {
  /** Unauthorized, AuthenticationFailed, UserNotFound; 8000 is Atlas's own. */
  private static final Set<Integer> NOT_ALLOWED = Set.of(11, 13, 18, 8000);

  /** IngressRequestRateLimitExceeded; 16500 is how Cosmos DB asks for patience. */
  private static final Set<Integer> TOO_MANY = Set.of(462, 16500);

  /**
   * Network, elections, recovery, timeouts, locks, shard versions, write concern not reached, index
   * builds and catalog operations in each other's way, a full disk.
   */
  private static final Set<Integer> PASSING =
      Set.of(
          6, 7, 24, 46, 50, 63, 64, 89, 91, 100, 112, 117, 133, 134, 146, 150, 175, 189, 202, 234,
          250, 262, 276, 317, 358, 384, 9001, 10058, 10107, 11600, 11602, 13388, 13435, 13436,
          14031);

  /**
   * What a server answers each time to the same document: BadValue, FailedToParse (a field name it
   * does not take), InvalidBSON, DollarPrefixedFieldName, InvalidIdField, EmptyFieldName,
   * DottedFieldName, DocumentValidationFailure, CannotIndexParallelArrays, CannotBuildIndexKeys,
   * Overflow, BSONObjectTooLarge, too large after an update, key too large for an index, no
   * geometry.
   */
  private static final Set<Integer> REFUSES_DOCUMENT =
      Set.of(
          2, 9, 15, 22, 52, 53, 55, 56, 57, 121, 171, 201, 10334, 16755, 17280, 17419, 17420,
          28749);

  private static final Set<Integer> DUPLICATE_KEY = Set.of(11000, 11001, 12582);

  private static final Pattern CREDENTIALS = Pattern.compile("(://)[^\\s'\"]*@");

  private MongoFaults() {}

  /**
   * The fault that an exception means.
   *
   * @param doing what was tried, which begins the message: "write to shop.orders"
   */
  public static Fault of(MongoException e, String doing) {
    if (e instanceof MongoInterruptedException) {
      Thread.currentThread().interrupt();
      return new Fault.Transient(doing + " was interrupted", e);
    }
    if (e instanceof MongoSecurityException) {
      return new Fault.Fatal(doing + ": MongoDB refuses the credentials", e);
    }
    if (e instanceof MongoIncompatibleDriverException || e instanceof MongoConfigurationException) {
      return new Fault.Fatal(line(doing, e.getMessage()), e);
    }
    if (isConnectionFailure(e)
        || e.hasErrorLabel("RetryableWriteError")
        || e.hasErrorLabel("TransientTransactionError")
        || e instanceof MongoWriteConcernException
        || e instanceof MongoBulkWriteException bulk && bulk.getWriteConcernError() != null) {
      return new Fault.Transient(line(doing, e.getMessage()), e);
    }
    if (e instanceof MongoBulkWriteException bulk && !bulk.getWriteErrors().isEmpty()) {
      BulkWriteError first = bulk.getWriteErrors().get(0);
      return of(first.getCode(), first.getMessage(), doing, e);
    }
    return of(e.getCode(), e.getMessage(), doing, e);
  }

  /** The fault that a code of the server means, if it is not about one document. */
  public static Fault of(int code, String message, String doing, Throwable cause) {
    String line = line(doing, message);
    if (NOT_ALLOWED.contains(code)) {
      return new Fault.Fatal(line, cause);
    }
    if (TOO_MANY.contains(code)) {
      return new Fault.Throttled(line, cause);
    }
    if (PASSING.contains(code)) {
      return new Fault.Transient(line, cause);
    }
    return new Fault.TableFailed(line, cause);
  }

  /** How one attempt failed, for counting. */
  static FailedCalls.Kind failureKind(Throwable e) {
    if (e instanceof MongoTimeoutException || e instanceof MongoSocketReadTimeoutException) {
      return FailedCalls.Kind.TIMEOUT;
    }
    if (e instanceof MongoSocketException) {
      return FailedCalls.Kind.CONNECTION;
    }
    if (!(e instanceof MongoException error)) {
      return FailedCalls.Kind.REFUSED;
    }
    Fault fault = of(error, "");
    if (fault instanceof Fault.Throttled) {
      return FailedCalls.Kind.THROTTLED;
    }
    return fault.isRetryable() ? FailedCalls.Kind.SERVER_ERROR : FailedCalls.Kind.REFUSED;
  }

  /** Whether the code says that the server will never take this document. */
  public static boolean refusesDocument(int code) {
    return REFUSES_DOCUMENT.contains(code);
  }

  /** Whether one of the errors is a duplicate key of a unique index. */
  public static boolean isDuplicateKey(MongoException e) {
    return isDuplicateKey(e.getCode())
        || e instanceof MongoBulkWriteException bulk
            && bulk.getWriteErrors().stream().anyMatch(error -> isDuplicateKey(error.getCode()));
  }

  /** Whether the code says that a unique index has the key already. */
  public static boolean isDuplicateKey(int code) {
    return DUPLICATE_KEY.contains(code);
  }

  /** The text in one line, with stars in the place of what may be credentials in an address. */
  public static String redact(String text) {
    return text == null ? "" : CREDENTIALS.matcher(text).replaceAll("$1***@").replace('\n', ' ');
  }

  private static String line(String doing, String message) {
    return doing + ": " + redact(message);
  }

  private static boolean isConnectionFailure(MongoException e) {
    return e instanceof MongoSocketException
        || e instanceof MongoTimeoutException
        || e instanceof MongoNotPrimaryException
        || e instanceof MongoNodeIsRecoveringException
        || e instanceof MongoConnectionPoolClearedException
        || e instanceof MongoServerUnavailableException
        || e instanceof MongoClientException && e.getCause() instanceof MongoSocketException;
  }
}
