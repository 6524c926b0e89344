package io.nimoshake.dynamodb.export;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.ExportSummary;
import software.amazon.awssdk.services.dynamodb.model.ExportType;

/**
 * One pass through the list of a table's exports, in search of one that was requested for a span.
 * Says which ones it may be, and when those that follow are all too old. A table may have thousands
 * of exports, and the list tells little of each. For one thread.
 *
 * <p>The list is in reverse order of the ARNs. An ARN ends with the milliseconds at which the
 * export was requested and a part that distinguishes exports of the same moment. An id that looks
 * different has no time, and a list in another order is read to its end.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListExports.html">
 *     ListExports</a>
 */
final class ExportListing {
  private static final Pattern ID = Pattern.compile(".*/(\\d{14})-[0-9a-f]{8}");

  /** There were no exports before. Digits of an earlier moment are no time. */
  private static final Instant FIRST_EXPORT = Instant.parse("2020-11-01T00:00:00Z");

  /** More than the clocks of the service differ. */
  private static final Duration SKEW = Duration.ofHours(1);

  private final ExportType type;
  private final Instant notBefore;
  private final Set<String> candidates = new HashSet<>();
  private Optional<String> last = Optional.empty();
  private int listed;
  private boolean newestFirst = true;
  private boolean past;

  /**
   * @param span what the export is of; it was requested after the begin of it
   */
  ExportListing(ExportSpan span) {
    if (span instanceof ExportSpan.Full full) {
      type = ExportType.FULL_EXPORT;
      notBefore = full.at().minus(SKEW);
    } else {
      type = ExportType.INCREMENTAL_EXPORT;
      notBefore = ((ExportSpan.Incremental) span).from().minus(SKEW);
    }
  }

  /** The ARNs of the next page that may be of the export. */
  List<String> candidates(List<ExportSummary> page) {
    boolean allOld = !page.isEmpty();
    for (ExportSummary summary : page) {
      String arn = summary.exportArn();
      newestFirst &= last.filter(former -> former.compareTo(arn) <= 0).isEmpty();
      allOld &= isOld(arn);
      last = Optional.of(arn);
      listed++;
    }
    // One export shows no order.
    past = allOld && newestFirst && listed > 1;
    List<String> found =
        page.stream()
            .filter(summary -> !isOfAnotherType(summary) && !isOld(summary.exportArn()))
            .map(ExportSummary::exportArn)
            .toList();
    candidates.addAll(found);
    return found;
  }

  /** All candidates so far. */
  Set<String> candidates() {
    return candidates;
  }

  /** Whether the pages after the last one have only exports that are too old. */
  boolean isPast() {
    return past;
  }

  private boolean isOfAnotherType(ExportSummary summary) {
    return summary.exportType() != null
        && summary.exportType() != ExportType.UNKNOWN_TO_SDK_VERSION
        && summary.exportType() != type;
  }

  private boolean isOld(String arn) {
    Matcher id = ID.matcher(arn);
    if (!id.matches()) {
      return false;
    }
    Instant requested = Instant.ofEpochMilli(Long.parseLong(id.group(1)));
    return !requested.isBefore(FIRST_EXPORT) && requested.isBefore(notBefore);
  }
}
