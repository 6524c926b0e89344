package io.nimoshake.dynamodb.shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.shape.AttributeSteps.Step;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class AttributeStepsTest {
  private static final String ITEM =
      "{'pk':{'S':'x'},'a':{'N':'1.50'},'m':{'M':{'b':{'SS':['p','q']},'c':{'NULL':true}}},"
          + "'l':{'L':[{'M':{'b':{'S':'in a list'}}}]}}";

  private static String apply(Step... steps) throws UnfitItemException {
    Slice item = Slice.utf8(ITEM.replace('\'', '"'));
    return new AttributeSteps(List.of(steps)).apply(item).toUtf8().replace('"', '\'');
  }

  @Test
  void theRestStaysAsItIs() throws Exception {
    assertEquals(ITEM, apply(new Step.Drop(List.of("absent"))));
    assertEquals(ITEM.replace("'a':{'N':'1.50'},", ""), apply(new Step.Drop(List.of("a"))));
    // Maps in lists have no path.
    assertEquals(
        ITEM.replace("'b':{'SS':['p','q']},", ""), apply(new Step.Drop(List.of("m", "b"))));
    assertEquals(ITEM, apply(new Step.Drop(List.of("a", "b"))));
  }

  @Test
  void anAttributeKeepsItsPlaceWhenItIsRenamed() throws Exception {
    assertEquals(ITEM.replace("'a'", "'z'"), apply(new Step.Rename(List.of("a"), "z")));
    assertEquals(ITEM.replace("'c'", "'z'"), apply(new Step.Rename(List.of("m", "c"), "z")));
  }

  @Test
  void aStepSeesWhatTheStepsBeforeItLeft() throws Exception {
    assertEquals(
        ITEM.replace("'m'", "'n'").replace("'b':{'SS':['p','q']},", ""),
        apply(new Step.Rename(List.of("m"), "n"), new Step.Drop(List.of("n", "b"))));
    assertEquals(
        ITEM.replace("'a':{'N':'1.50'},", "").replace("'l'", "'a'"),
        apply(new Step.Drop(List.of("a")), new Step.Rename(List.of("l"), "a")));
  }

  @Test
  void aValueThatIsSetReplacesTheOneThatIsThere() throws Exception {
    assertEquals(
        ITEM.replace("'a':{'N':'1.50'},", "").replaceFirst("}$", ",'a':{'BOOL':true}}"),
        apply(new Step.Set("a", AttributeValue.fromBool(true))));
  }

  @Test
  void twoAttributesOfOneNameDoNotFit() {
    UnfitItemException e =
        assertThrows(UnfitItemException.class, () -> apply(new Step.Rename(List.of("a"), "l")));
    assertEquals("two attributes would be named l", e.getMessage());
    e =
        assertThrows(
            UnfitItemException.class, () -> apply(new Step.Rename(List.of("m", "b"), "c")));
    assertEquals("two attributes would be named c", e.getMessage());
  }
}
