package io.nimoshake.dynamodb.export;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.client.ServiceTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ContinuousBackupsUnavailableException;
import software.amazon.awssdk.services.dynamodb.model.DescribeContinuousBackupsResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeExportResponse;
import software.amazon.awssdk.services.dynamodb.model.ExportConflictException;
import software.amazon.awssdk.services.dynamodb.model.ExportDescription;
import software.amazon.awssdk.services.dynamodb.model.ExportFormat;
import software.amazon.awssdk.services.dynamodb.model.ExportNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ExportTableToPointInTimeRequest;
import software.amazon.awssdk.services.dynamodb.model.ExportTableToPointInTimeResponse;
import software.amazon.awssdk.services.dynamodb.model.ExportType;
import software.amazon.awssdk.services.dynamodb.model.ExportViewType;
import software.amazon.awssdk.services.dynamodb.model.InvalidExportTimeException;
import software.amazon.awssdk.services.dynamodb.model.ListExportsResponse;
import software.amazon.awssdk.services.dynamodb.model.PointInTimeRecoveryDescription;
import software.amazon.awssdk.services.dynamodb.model.PointInTimeRecoveryStatus;
import software.amazon.awssdk.services.dynamodb.model.PointInTimeRecoveryUnavailableException;
import software.amazon.awssdk.services.dynamodb.model.S3SseAlgorithm;

/**
 * Requests exports of tables, full and incremental ones, and asks how far they are. Makes one
 * attempt a call and waits for nothing: the caller asks again. Thread-safe.
 *
 * <p>A request that is made again with the same token makes no second export. The service remembers
 * a token for eight hours. After that, {@link #find} finds the export of a token.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html">
 *     ExportTableToPointInTime</a>
 */
public final class ExportRequests {
  private static final int EXPORTS_A_PAGE = 25;

  private final DynamoDbClient client;

  /** By ARN. */
  private final Map<String, Origin> origins = new ConcurrentHashMap<>();

  /** What never changes of an export, however far it is. */
  private record Origin(String arn, Optional<String> token, Optional<Instant> started) {
    boolean isAfter(Origin other) {
      return started.isPresent()
          && other.started().filter(begin -> started.get().isAfter(begin)).isPresent();
    }
  }

  public ExportRequests(DynamoDbClient client) {
    this.client = client;
  }

  /**
   * What is asked of DynamoDB.
   *
   * @param table name of the table, for messages
   * @param tableArn the table
   * @param span of which time
   * @param token distinguishes this request from others; a request with the same token must be the
   *     same in everything else
   */
  public record Request(String table, String tableArn, ExportSpan span, String token) {}

  /**
   * Requests an export.
   *
   * @return how far it is: in progress, if it is new
   * @throws Fault.Transient if the service does not have the time of the export yet
   * @throws Fault.TableFailed if it cannot be made: point-in-time recovery does not reach back that
   *     far, or the request is not allowed
   * @throws Fault.Unknown if point-in-time recovery is off by this one answer, or the bucket is in
   *     conflict
   */
  public ExportStatus request(Request wanted, ExportDestination destination) throws Fault {
    String action = "request an export of table " + wanted.table() + " to " + destination;
    try {
      ExportTableToPointInTimeResponse answer =
          client.exportTableToPointInTime(asked(wanted, destination).build());
      return status(answer.exportDescription(), ServiceTime.of(answer));
    } catch (PointInTimeRecoveryUnavailableException e) {
      throw new Fault.Unknown(
          "cannot "
              + action
              + ": point-in-time recovery is off: enable it with: "
              + PointInTimeRecovery.enablingCommand(wanted.table()),
          e);
    } catch (InvalidExportTimeException e) {
      throw outside(wanted, e);
    } catch (ExportConflictException e) {
      throw new Fault.Unknown("cannot " + action + ": " + Faults.describe(e), e);
    } catch (SdkException e) {
      throw Faults.ofTable(action, e);
    }
  }

  private static ExportTableToPointInTimeRequest.Builder asked(
      Request wanted, ExportDestination destination) {
    ExportTableToPointInTimeRequest.Builder request =
        ExportTableToPointInTimeRequest.builder()
            .tableArn(wanted.tableArn())
            .clientToken(wanted.token())
            .exportFormat(ExportFormat.DYNAMODB_JSON)
            .s3Bucket(destination.bucket());
    destination.prefix().ifPresent(request::s3Prefix);
    destination.owner().ifPresent(request::s3BucketOwner);
    destination
        .kmsKeyId()
        .ifPresent(key -> request.s3SseAlgorithm(S3SseAlgorithm.KMS).s3SseKmsKeyId(key));
    if (wanted.span() instanceof ExportSpan.Full full) {
      return request.exportType(ExportType.FULL_EXPORT).exportTime(full.at());
    }
    ExportSpan.Incremental window = (ExportSpan.Incremental) wanted.span();
    return request
        .exportType(ExportType.INCREMENTAL_EXPORT)
        .incrementalExportSpecification(
            of ->
                of.exportFromTime(window.from())
                    .exportToTime(window.to())
                    .exportViewType(
                        window.oldImages()
                            ? ExportViewType.NEW_AND_OLD_IMAGES
                            : ExportViewType.NEW_IMAGE));
  }

  /** The service refuses the time of an export: too early never passes, too late does. */
  private Fault outside(Request wanted, InvalidExportTimeException e) throws Fault {
    Instant begin =
        wanted.span() instanceof ExportSpan.Full full
            ? full.at()
            : ((ExportSpan.Incremental) wanted.span()).from();
    PointInTimeRecovery recovery = recovery(wanted.table());
    String asked = "an export of table " + wanted.table() + " as of " + begin;
    if (recovery.earliest().filter(begin::isBefore).isPresent()) {
      return new Fault.TableFailed(
          asked + " cannot be made: point-in-time recovery begins at " + recovery.earliest().get(),
          e);
    }
    if (recovery.latest().filter(latest -> begin.isAfter(latest)).isPresent()) {
      return new Fault.Transient(
          "waiting until " + asked + " can be made: so far it can up to " + recovery.latest().get(),
          e);
    }
    return new Fault.Unknown(asked + " is refused: " + Faults.describe(e), e);
  }

  /**
   * How far an export is.
   *
   * @param table name of the table, for messages
   * @throws Fault.Unknown if the service does not know the export by this one answer
   */
  public ExportStatus describe(String table, String exportArn) throws Fault {
    DescribeExportResponse answer = description(table, exportArn);
    return status(answer.exportDescription(), ServiceTime.of(answer));
  }

  /**
   * The export that was requested like this, the newest if there are several. Exports that are
   * older than 90 days are not found. What was read of an export is remembered, so a search that
   * failed goes on where it was when it is repeated.
   */
  public Optional<ExportStatus> find(Request wanted) throws Fault {
    ExportListing listing = new ExportListing(wanted.span());
    Optional<Origin> newest = Optional.empty();
    String next = null;
    do {
      ListExportsResponse page = list(wanted.table(), wanted.tableArn(), next);
      for (String arn : listing.candidates(page.exportSummaries())) {
        Origin origin = origin(wanted.table(), arn);
        if (origin.token().equals(Optional.of(wanted.token()))
            && newest.filter(other -> other.isAfter(origin)).isEmpty()) {
          newest = Optional.of(origin);
        }
      }
      next = listing.isPast() ? null : page.nextToken();
    } while (next != null);
    // Others are too old for a later search, or are not listed any more.
    origins
        .keySet()
        .removeIf(
            arn -> arn.startsWith(wanted.tableArn() + "/") && !listing.candidates().contains(arn));
    return newest.isEmpty()
        ? Optional.empty()
        : Optional.of(describe(wanted.table(), newest.get().arn()));
  }

  private Origin origin(String table, String arn) throws Fault {
    Origin known = origins.get(arn);
    if (known != null) {
      return known;
    }
    ExportDescription export = description(table, arn).exportDescription();
    Origin origin =
        new Origin(
            arn,
            Optional.ofNullable(export.clientToken()),
            Optional.ofNullable(export.startTime()));
    if (origin.token().isPresent() && origin.started().isPresent()) {
      origins.put(arn, origin);
    }
    return origin;
  }

  private ListExportsResponse list(String table, String tableArn, String next) throws Fault {
    try {
      return client.listExports(
          request -> request.tableArn(tableArn).maxResults(EXPORTS_A_PAGE).nextToken(next));
    } catch (SdkException e) {
      throw Faults.ofTable("list the exports of table " + table, e);
    }
  }

  private DescribeExportResponse description(String table, String exportArn) throws Fault {
    String action = "describe the export " + exportArn + " of table " + table;
    try {
      return client.describeExport(request -> request.exportArn(exportArn));
    } catch (ExportNotFoundException e) {
      throw new Fault.Unknown("cannot " + action + ": " + Faults.describe(e), e);
    } catch (SdkException e) {
      throw Faults.ofTable(action, e);
    }
  }

  private static ExportStatus status(ExportDescription export, Instant serviceTime) {
    return switch (export.exportStatus()) {
      case COMPLETED ->
          new ExportStatus.Completed(export.exportArn(), location(export), serviceTime);
      case FAILED ->
          new ExportStatus.Failed(
              export.exportArn(),
              String.valueOf(export.failureCode()),
              String.valueOf(export.failureMessage()));
      // A status that is not known here is not the end: the next look shows another one.
      case IN_PROGRESS, UNKNOWN_TO_SDK_VERSION ->
          new ExportStatus.InProgress(export.exportArn(), Optional.ofNullable(export.startTime()));
    };
  }

  /**
   * The directory of the manifests: the prefix of the request, {@code AWSDynamoDB}, and the id of
   * the export, which ends its ARN.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html">
   *     Amazon DynamoDB Developer Guide, DynamoDB table export output format, Manifest files</a>
   */
  private static String location(ExportDescription export) {
    String id = export.exportArn().substring(export.exportArn().lastIndexOf('/') + 1);
    String prefix =
        export.s3Prefix() == null || export.s3Prefix().isEmpty() ? "" : export.s3Prefix() + "/";
    return S3Export.SCHEME + export.s3Bucket() + "/" + prefix + "AWSDynamoDB/" + id;
  }

  // --- point-in-time recovery ------------------------------------------------------------------

  /** Whether point-in-time recovery is on, and how far back it reaches. */
  public PointInTimeRecovery recovery(String table) throws Fault {
    DescribeContinuousBackupsResponse answer;
    try {
      answer = client.describeContinuousBackups(request -> request.tableName(table));
    } catch (SdkException e) {
      throw Faults.ofTable("describe the point-in-time recovery of table " + table, e);
    }
    PointInTimeRecoveryDescription recovery =
        answer.continuousBackupsDescription().pointInTimeRecoveryDescription();
    Instant now = ServiceTime.of(answer);
    return recovery == null
        ? new PointInTimeRecovery(false, Optional.empty(), Optional.empty(), now)
        : new PointInTimeRecovery(
            recovery.pointInTimeRecoveryStatus() == PointInTimeRecoveryStatus.ENABLED,
            Optional.ofNullable(recovery.earliestRestorableDateTime()),
            Optional.ofNullable(recovery.latestRestorableDateTime()),
            now);
  }

  /**
   * Enables point-in-time recovery. It may take a while until {@link #recovery} says that it is on.
   *
   * @throws Fault.Transient if the service has only just begun to back the table up
   */
  public void enableRecovery(String table) throws Fault {
    String action = "enable point-in-time recovery of table " + table;
    try {
      client.updateContinuousBackups(
          request ->
              request
                  .tableName(table)
                  .pointInTimeRecoverySpecification(of -> of.pointInTimeRecoveryEnabled(true)));
    } catch (ContinuousBackupsUnavailableException e) {
      throw new Fault.Transient("cannot " + action + " yet: " + Faults.describe(e), e);
    } catch (SdkException e) {
      throw Faults.ofTable(action, e);
    }
  }
}
