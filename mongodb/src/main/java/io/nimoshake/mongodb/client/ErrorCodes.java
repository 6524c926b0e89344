package io.nimoshake.mongodb.client;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the error codes of MongoDB mean for a sync. The sets follow the categories in the server's
 * list of codes, where a code has one. A code that is in no set is {@link Meaning#UNKNOWN}.
 *
 * @see <a
 *     href="https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml">MongoDB
 *     server, error_codes.yml</a>
 * @see <a href="https://www.mongodb.com/docs/manual/reference/error-codes/">MongoDB Manual, Error
 *     Codes</a>
 */
final class ErrorCodes {
  /** What an error means. */
  enum Meaning {
    /** The server asks for fewer calls. */
    OVERLOADED,
    /** The error passes. */
    PASSES,
    /** The user is not known or may not do this. */
    NOT_ALLOWED,
    /** The server will never take this document. */
    REFUSES_DOCUMENT,
    /** A unique index has the key already. */
    DUPLICATE_KEY,
    /** The server will never do what it was asked for. */
    FINAL,
    /** Nobody can say. */
    UNKNOWN
  }

  static final int COMMAND_NOT_FOUND = 59;

  /** In Amazon DocumentDB: a feature that it does not have. */
  private static final int SPLIT_HORIZON_CHANGE = 303;

  /** Category SystemOverloadedError, and 16500, by which Azure Cosmos DB limits the rate. */
  private static final Set<Integer> OVERLOADED =
      Set.of(
          433, // AdmissionQueueOverflow
          449, // RateLimitExceeded
          450, // PooledConnectionAcquisitionRejected
          462, // IngressRequestRateLimitExceeded
          16500);

  /** Categories NetworkError, NetworkTimeoutError and CloseConnectionError. */
  private static final Set<Integer> NETWORK =
      Set.of(
          6, // HostUnreachable
          7, // HostNotFound
          89, // NetworkTimeout
          202, // NetworkInterfaceExceededTimeLimit
          SPLIT_HORIZON_CHANGE,
          317, // ConnectionPoolExpired
          372, // CloseConnectionForShutdownCommand
          384, // ConnectionError
          398, // StreamTerminated
          9001); // SocketException

  /** Categories NotPrimaryError, ShutdownError and CancellationError, and elections. */
  private static final Set<Integer> NO_PRIMARY =
      Set.of(
          90, // CallbackCanceled
          91, // ShutdownInProgress
          94, // NotYetInitialized
          109, // ConfigurationInProgress
          133, // FailedToSatisfyReadPreference
          189, // PrimarySteppedDown
          216, // ElectionInProgress
          308, // CurrentConfigNotCommittedYet
          310, // PeriodicJobIsStopped
          333, // ServiceExecutorInShutdown
          10058, // LegacyNotPrimary
          10107, // NotWritablePrimary
          11600, // InterruptedAtShutdown
          11602, // InterruptedDueToReplStateChange
          13435, // NotPrimaryNoSecondaryOk
          13436); // NotPrimaryOrSecondary

  /** Categories Interruption, ExceededTimeLimitError and CursorInvalidatedError. */
  private static final Set<Integer> INTERRUPTED =
      Set.of(
          24, // LockTimeout
          43, // CursorNotFound
          50, // MaxTimeMSExpired
          96, // OperationFailed
          175, // QueryPlanKilled
          237, // CursorKilled
          262, // ExceededTimeLimit
          279, // ClientDisconnect
          290, // TransactionExceededLifetimeLimitSeconds
          314, // ObjectIsBusy
          355, // InterruptedDueToStorageChange
          407, // PooledConnectionAcquisitionExceededTimeLimit
          453, // InterruptedDueToReshardingCriticalSection
          11601, // Interrupted
          46841, // ClientMarkedKilled
          91331, // RetriableRemoteCommandFailure
          10045600); // InterruptedDueToFCVChange

  /** Categories StaleShardVersionError and SnapshotError, and work on the shards of a cluster. */
  private static final Set<Integer> SHARDS_CHANGE =
      Set.of(
          63, // StaleShardVersion
          70, // ShardNotFound
          149, // NoConfigPrimary
          150, // StaleEpoch
          200, // ChunkRangeCleanupPending
          203, // ShardingStateNotInitialized
          211, // KeyNotFound: the keys of the cluster time are not there yet
          239, // SnapshotTooOld
          246, // SnapshotUnavailable
          249, // StaleDbVersion
          250, // StaleChunkHistory
          272, // MigrationConflict
          319, // MovePrimaryInProgress
          338, // ReshardCollectionInProgress
          342, // ReshardingCriticalSectionTimeout
          343, // ShardCannotRefreshDueToLocksHeld
          406, // MigrationBlockingOperationCoordinatorCleaningUp
          412, // UpdatesStillPending
          414, // AddOrRemoveShardInProgress
          13388, // StaleConfig
          56846); // ConfigServerUnreachable

  /** Category WriteConcernError. */
  private static final Set<Integer> WRITE_CONCERN =
      Set.of(
          64, // WriteConcernTimeout
          75, // WriteConcernLegacyOK
          100); // UnsatisfiableWriteConcern

  /** The rest of the category RetriableError, and what waits for locks or resources. */
  private static final Set<Integer> BUSY =
      Set.of(
          46, // LockBusy
          107, // LockFailed
          112, // WriteConflict
          117, // ConflictingOperationInProgress
          134, // ReadConcernMajorityNotAvailableYet
          145, // PooledConnectionsDropped
          146, // ExceededMemoryLimit
          172, // TransportSessionClosed
          208, // TooManyLocks
          215, // DatabaseDropPending
          234, // RetryChangeStream
          259, // KeyedExecutorRetry
          261, // TooManyLogicalSessions
          264, // TooManyFilesOpen
          267, // PreparedTransactionInProgress
          276, // IndexBuildAborted
          277, // AlarmAlreadyFulfilled
          285, // IndexBuildAlreadyInProgress
          358, // InternalTransactionNotSupported
          363, // RetryableTransactionInProgress
          365, // TemporarilyUnavailable
          371, // UserWritesBlocked
          391, // ReauthenticationRequired
          402, // ResourceExhausted
          404, // LDAPRoleAcquisitionError
          12586, // BackgroundOperationInProgressForDatabase
          12587, // BackgroundOperationInProgressForNamespace
          14031, // OutOfDiskSpace
          50915); // BackupCursorOpenConflictWithCheckpoint

  /** 8000 is how MongoDB Atlas refuses a user. */
  private static final Set<Integer> NOT_ALLOWED =
      Set.of(
          11, // UserNotFound
          13, // Unauthorized
          18, // AuthenticationFailed
          31, // RoleNotFound
          33, // PrivilegeNotFound
          214, // AuthenticationRestrictionUnmet
          334, // MechanismUnavailable
          8000);

  /** Some of these have a number only, from the time before codes had names. */
  private static final Set<Integer> REFUSES_DOCUMENT =
      Set.of(
          2, // BadValue
          9, // FailedToParse: a field name that the server does not take
          14, // TypeMismatch
          15, // Overflow
          16, // InvalidLength
          22, // InvalidBSON
          28, // PathNotViable
          52, // DollarPrefixedFieldName
          53, // InvalidIdField
          54, // NotSingleValueField
          55, // InvalidDBRef
          56, // EmptyFieldName
          57, // DottedFieldName
          61, // ShardKeyNotFound
          66, // ImmutableField
          116, // DocTooLargeForCapped
          121, // DocumentValidationFailure
          171, // CannotIndexParallelArrays
          201, // CannotBuildIndexKeys
          357, // InvalidBSONType
          378, // NonConformantBSON
          10003, // CannotGrowDocumentInCappedNamespace
          10334, // BSONObjectTooLarge
          13026, // a point of a 2d index that is not of numbers
          13027, // a point outside the bounds of a 2d index
          13068, // a point of a 2d index with one coordinate
          16755, // a geometry that a 2dsphere index does not take
          16756, // the same
          16766, // an array in a hashed index
          17261, // a language that a text index does not know
          17262, // the same
          17280, // KeyTooLong: for an index of a server before 4.2
          17419, // a document that an update made too large
          17420); // the same

  private static final Set<Integer> DUPLICATE_KEY = Set.of(11000, 11001, 12582);

  /** The request is wrong for this server or this collection, whenever it is made. */
  private static final Set<Integer> FINAL =
      Set.of(
          20, // IllegalOperation
          40, // ConflictingUpdateOperators
          48, // NamespaceExists
          COMMAND_NOT_FOUND,
          67, // CannotCreateIndex
          68, // IndexAlreadyExists
          72, // InvalidOptions
          73, // InvalidNamespace
          85, // IndexOptionsConflict
          86, // IndexKeySpecsConflict
          101, // OutdatedClient
          115, // CommandNotSupported
          118, // NamespaceNotSharded
          166, // CommandNotSupportedOnView
          167, // OptionNotSupportedOnView
          168, // InvalidPipelineOperator
          181, // AmbiguousIndexKeyPattern
          182, // InvalidViewDefinition
          188, // IncompatibleServerVersion
          197, // InvalidIndexSpecificationOption
          235, // InternalErrorNotSupported
          238, // NotImplemented
          242, // CannotCreateCollection
          263, // OperationNotSupportedInTransaction
          322, // APIVersionError
          323, // APIStrictError
          324, // APIDeprecationError
          347, // APIMismatchError
          352, // UnsupportedOpQueryCommand
          359, // CannotConvertIndexToUnique
          13297, // DatabaseDifferCase
          28769, // NamespaceCannotBeSharded
          40413, // IDLDuplicateField
          40414, // IDLFailedToParse
          40415); // IDLUnknownField

  private static final Set<Integer> PASSES =
      union(NETWORK, NO_PRIMARY, INTERRUPTED, SHARDS_CHANGE, WRITE_CONCERN, BUSY);

  private ErrorCodes() {}

  /**
   * What an error means.
   *
   * @param message what the server says, or a line that contains it
   */
  static Meaning meaning(int code, String message) {
    return code == SPLIT_HORIZON_CHANGE && message.contains("not supported")
        ? Meaning.FINAL
        : meaning(code);
  }

  static Meaning meaning(int code) {
    if (OVERLOADED.contains(code)) {
      return Meaning.OVERLOADED;
    }
    if (PASSES.contains(code)) {
      return Meaning.PASSES;
    }
    if (NOT_ALLOWED.contains(code)) {
      return Meaning.NOT_ALLOWED;
    }
    if (REFUSES_DOCUMENT.contains(code)) {
      return Meaning.REFUSES_DOCUMENT;
    }
    if (DUPLICATE_KEY.contains(code)) {
      return Meaning.DUPLICATE_KEY;
    }
    return FINAL.contains(code) ? Meaning.FINAL : Meaning.UNKNOWN;
  }

  /** Whether the server refuses a command as long as it builds an index of the collection. */
  static boolean isIndexBuild(int code) {
    return code == 285 || code == 12586 || code == 12587;
  }

  private static Set<Integer> union(Set<Integer>... sets) {
    Set<Integer> union = new HashSet<>();
    List.of(sets).forEach(union::addAll);
    return Set.copyOf(union);
  }
}
