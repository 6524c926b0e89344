package io.nimoshake.dynamodb.preview;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.dynamodb.client.Faults;
import io.nimoshake.dynamodb.export.ExportDestination;
import io.nimoshake.dynamodb.preview.Attempt.Outcome;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.PointInTimeRecoveryStatus;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Tests, for each table, the permissions that an export needs. Requests no export: that call has a
 * time of which no export can be made, so the service checks the permission and refuses the rest.
 * Throws the faults of calls that may succeed later; the caller repeats the method.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html">
 *     Amazon DynamoDB Developer Guide, Requesting a table export</a>
 */
public final class ExportProbe implements AutoCloseable {
  /** Answers that come only after the permission was checked. */
  private static final Set<String> AFTER_THE_CHECK =
      Set.of(
          "InvalidExportTimeException",
          "PointInTimeRecoveryUnavailableException",
          "ExportNotFoundException",
          "NoSuchKey");

  /** An export and an object that do not exist. */
  private static final String NO_EXPORT = "/export/00000000000000-00000000";

  private static final String NO_OBJECT = "nimo-shake-plan";

  private final DynamoClients clients;
  private final S3Client s3;
  private final ExportDestination destination;
  private final List<Attempt> attempts = new ArrayList<>();

  /**
   * Makes no call yet.
   *
   * @param endpoint of a service that is compatible with S3; empty: S3 itself
   * @throws Fault.Fatal if no region is configured and the AWS default chain finds none
   */
  public ExportProbe(
      DynamoSettings settings,
      Optional<URI> endpoint,
      boolean pathStyle,
      ExportDestination destination)
      throws Fault.Fatal {
    this.clients = new DynamoClients(settings, List.of());
    this.destination = destination;
    try {
      this.s3 = clients.s3(endpoint, pathStyle);
    } catch (Fault.Fatal e) {
      clients.close();
      throw e;
    }
  }

  /** The tests so far, in order. */
  public List<Attempt> attempts() {
    return List.copyOf(attempts);
  }

  private interface Call {
    void run() throws SdkException;
  }

  private void attempt(String action, Optional<String> table, Call call) throws Fault {
    try {
      call.run();
      attempts.add(Attempt.allowed(action, table));
    } catch (SdkException e) {
      if (e instanceof AwsServiceException answer
          && AFTER_THE_CHECK.contains(Faults.code(answer))) {
        attempts.add(Attempt.allowed(action, table));
        return;
      }
      Fault fault = Faults.ofTable("call " + action, e);
      if (fault.isRetryable() && !(fault instanceof Fault.Unknown)
          || !(e instanceof AwsServiceException)) {
        throw fault;
      }
      AwsServiceException answer = (AwsServiceException) e;
      attempts.add(
          new Attempt(
              action,
              table,
              Faults.isDenial(answer) ? Outcome.DENIED : Outcome.FAILED,
              Optional.of(Faults.describe(answer))));
    }
  }

  /**
   * Tests the permissions on one table.
   *
   * @param enables whether point-in-time recovery may be enabled
   * @return whether it is on; empty if that may not be asked
   */
  public Optional<Boolean> look(String table, String tableArn, boolean enables) throws Fault {
    int before = attempts.size();
    try {
      return permissions(table, tableArn, enables);
    } catch (Fault e) {
      // The tests of this table are made again.
      attempts.subList(before, attempts.size()).clear();
      throw e;
    }
  }

  private Optional<Boolean> permissions(String table, String tableArn, boolean enables)
      throws Fault {
    Optional<String> on = Optional.of(table);
    List<Boolean> recovery = new ArrayList<>();
    attempt(
        "dynamodb:DescribeContinuousBackups",
        on,
        () ->
            recovery.add(
                clients
                        .tables()
                        .describeContinuousBackups(r -> r.tableName(table))
                        .continuousBackupsDescription()
                        .pointInTimeRecoveryDescription()
                        .pointInTimeRecoveryStatus()
                    == PointInTimeRecoveryStatus.ENABLED));
    attempt(
        "dynamodb:ExportTableToPointInTime",
        on,
        () ->
            clients
                .tables()
                .exportTableToPointInTime(
                    r ->
                        r.tableArn(tableArn)
                            .s3Bucket(destination.bucket())
                            .exportTime(Instant.EPOCH)));
    attempt(
        "dynamodb:DescribeExport",
        on,
        () -> clients.tables().describeExport(r -> r.exportArn(tableArn + NO_EXPORT)));
    attempt(
        "dynamodb:ListExports",
        on,
        () -> clients.tables().listExports(r -> r.tableArn(tableArn).maxResults(1)));
    if (enables && recovery.equals(List.of(false))) {
      attempts.add(
          Attempt.notTried(
              "dynamodb:UpdateContinuousBackups", table, "it would enable the recovery"));
    }
    return recovery.stream().findFirst();
  }

  /** Tests what can be tested of the bucket without writing to it. */
  public void lookAtBucket() throws Fault {
    String what = "s3:GetObject on " + destination;
    String key = destination.prefix().map(under -> under + "/").orElse("") + NO_OBJECT;
    int before = attempts.size();
    attempt(
        what,
        Optional.empty(),
        () -> s3.getObject(r -> r.bucket(destination.bucket()).key(key)).abort());
    Attempt last = attempts.get(before);
    if (last.isDenied()) {
      // Without s3:ListBucket, S3 does not say that an object is missing.
      attempts.set(
          before,
          new Attempt(
              what,
              Optional.empty(),
              Outcome.FAILED,
              Optional.of("not known, as s3:ListBucket is missing: " + last.message().get())));
    }
    notTried("s3:PutObject", "it would write to the bucket");
    notTried("s3:AbortMultipartUpload", "there is no upload");
    if (destination.kmsKeyId().isPresent()) {
      notTried("kms:GenerateDataKey", "DynamoDB uses the key for the export");
      notTried("kms:Decrypt", "there is no object yet");
    }
  }

  private void notTried(String action, String why) {
    attempts.add(new Attempt(action, Optional.empty(), Outcome.NOT_TRIED, Optional.of(why)));
  }

  @Override
  public void close() {
    clients.close();
  }
}
