package io.nimoshake.app.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.nimoshake.app.cutover.CutOverReport;
import io.nimoshake.app.cutover.Readiness;
import java.util.List;

/**
 * Everything that /api/v1/cutover answers, in one object.
 *
 * @param sides null before the sync has started
 * @param problems what is in the way of a cut-over
 * @param report once it is recorded, the report as lines; the last one tells to switch
 * @param reportPage the same as a web page
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CutOverAnswer(
    @JsonUnwrapped CutOverJson cutOver,
    @JsonUnwrapped SidesJson sides,
    List<Problem> problems,
    List<String> report,
    @JsonProperty("report_page") String reportPage) {

  /** What is in the way of a cut-over. */
  record Problem(String text, @JsonProperty("may_pass") boolean mayPass) {}

  CutOverAnswer(CutOverJson cutOver, SidesJson sides) {
    this(cutOver, sides, null, null, null);
  }

  CutOverAnswer with(List<Readiness.Problem> found) {
    return new CutOverAnswer(
        cutOver,
        sides,
        found.stream().map(each -> new Problem(each.text(), each.mayPass())).toList(),
        report,
        reportPage);
  }

  CutOverAnswer with(CutOverReport made) {
    return new CutOverAnswer(cutOver, sides, problems, made.lines(), made.html());
  }
}
