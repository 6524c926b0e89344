package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import java.time.Instant;
import java.util.Optional;

/**
 * Asks for the listings of one stream, one at a time, with pauses that grow as long as something is
 * missing.
 */
final class ListingRequests {
  private final PlanOutput out;
  private final String streamArn;
  private final ListingPace pace = new ListingPace();
  private boolean underWay;
  private int attempt;

  /** Answers in a row that the service does not know the stream. */
  private Optional<Evidence> unknown = Optional.empty();

  ListingRequests(PlanOutput out, String streamArn) {
    this.out = out;
    this.streamArn = streamArn;
  }

  /** Lists all shards, or only the children of one, unless a listing is under way. */
  void list(Optional<String> childrenOf) {
    if (!underWay) {
      underWay = true;
      attempt++;
      out.accept(new Command.ListShards(out.table(), streamArn, childrenOf, attempt));
    }
  }

  /** A listing has come, by the service's clock at this time. */
  void onListed(Instant at) {
    underWay = false;
    pace.listed(at);
    unknown = Optional.empty();
  }

  /** A listing has ended without an answer that can be used. The next one may begin. */
  void onFailed() {
    underWay = false;
  }

  /**
   * The service does not know the stream.
   *
   * @return the answers in a row that said so
   */
  Evidence onUnknown(Fault.StreamGone gone) {
    underWay = false;
    Instant at = gone.serviceTime();
    unknown = Evidence.againSoon(unknown, at, pace.listed(at));
    return unknown.orElseThrow();
  }

  boolean isUnderWay() {
    return underWay;
  }

  /** How often in a row something missing was asked for. */
  int attempt() {
    return attempt;
  }

  /** Something that was missing has come: the next listing need not wait. */
  void startAnew() {
    attempt = 0;
  }

  /** What the user has to know. */
  Optional<String> problem() {
    return unknown
        .filter(answers -> answers.answers() >= Evidence.ENOUGH)
        .map(
            answers ->
                "the source answers since " + answers.since() + " that its stream does not exist");
  }
}
