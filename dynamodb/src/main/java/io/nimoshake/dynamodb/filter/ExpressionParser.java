package io.nimoshake.dynamodb.filter;

import io.nimoshake.dynamodb.filter.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Parses one expression and refuses what DynamoDB refuses. For one use.
 *
 * <p>The precedence, from strongest: comparisons, IN, BETWEEN and functions; parentheses; NOT; AND;
 * OR.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html">
 *     Amazon DynamoDB Developer Guide, Condition and filter expressions, operators, and
 *     functions</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters">
 *     Amazon DynamoDB Developer Guide, Quotas, Expression parameters</a>
 */
final class ExpressionParser {
  private static final int MAX_LENGTH = 4096;
  private static final int MAX_OPERATORS = 300;
  private static final int MAX_PATH_LEVELS = 32;

  /** No valid expression has more open parentheses: each needs an operator or an operand. */
  private static final int MAX_PARENTHESES = 2 * MAX_OPERATORS;

  private final List<Token> tokens;
  private final Map<String, String> names;
  private final Map<String, Value> values;
  private final Set<String> usedNames = new HashSet<>();
  private final Set<String> usedValues = new HashSet<>();
  private final Set<String> attributes = new HashSet<>();
  private int next;
  private int operators;
  private int openParentheses;

  private ExpressionParser(
      List<Token> tokens, Map<String, String> names, Map<String, Value> values) {
    this.tokens = tokens;
    this.names = names;
    this.values = values;
  }

  /** See {@link ItemFilter#parse}. */
  static ItemFilter parse(String expression, Map<String, String> names, Map<String, Value> values)
      throws InvalidFilterException {
    if (expression.isBlank()) {
      throw new InvalidFilterException("is empty");
    }
    if (expression.length() > MAX_LENGTH) {
      throw new InvalidFilterException("is longer than " + MAX_LENGTH + " characters");
    }
    ExpressionParser parser = new ExpressionParser(Token.all(expression), names, values);
    Condition condition = parser.whole();
    return new ItemFilter(condition, parser.attributes);
  }

  /** A part of the expression: either a condition or an operand. */
  private record Part(Condition condition, Operand operand, boolean inParentheses) {
    static Part of(Condition condition) {
      return new Part(condition, null, false);
    }

    static Part of(Operand operand) {
      return new Part(null, operand, false);
    }
  }

  private Condition whole() throws InvalidFilterException {
    Condition condition = condition(or());
    if (peek().kind() != Kind.END) {
      throw unexpected(peek());
    }
    requireUsed("name", names.keySet(), usedNames);
    requireUsed("value", values.keySet(), usedValues);
    return condition;
  }

  private static void requireUsed(String what, Set<String> given, Set<String> used)
      throws InvalidFilterException {
    Set<String> unused = new TreeSet<>(given);
    unused.removeAll(used);
    if (!unused.isEmpty()) {
      throw new InvalidFilterException(
          "does not use the " + what + " " + String.join(", ", unused));
    }
  }

  private Part or() throws InvalidFilterException {
    Part left = and();
    while (acceptKeyword("OR")) {
      Condition first = condition(left);
      count();
      left = Part.of(new Condition.Or(first, condition(and())));
    }
    return left;
  }

  private Part and() throws InvalidFilterException {
    Part left = not();
    while (acceptKeyword("AND")) {
      Condition first = condition(left);
      count();
      left = Part.of(new Condition.And(first, condition(not())));
    }
    return left;
  }

  private Part not() throws InvalidFilterException {
    if (acceptKeyword("NOT")) {
      count();
      return Part.of(new Condition.Not(condition(not())));
    }
    return comparison();
  }

  private Part comparison() throws InvalidFilterException {
    Part left = primary();
    if (left.condition() != null) {
      return left;
    }
    Operand operand = left.operand();
    Token operator = peek();
    if (operator.kind() == Kind.SYMBOL) {
      Optional<Condition> compared = compared(operand, operator);
      return compared.map(Part::of).orElse(left);
    }
    if (acceptKeyword("BETWEEN")) {
      return Part.of(between(operand));
    }
    return acceptKeyword("IN") ? Part.of(in(operand)) : left;
  }

  /** Reads a comparator and its right side; empty if the next symbol is not a comparator. */
  private Optional<Condition> compared(Operand left, Token operator) throws InvalidFilterException {
    Condition.Order order =
        switch (operator.text()) {
          case "<" -> Condition.Order.LESS;
          case "<=" -> Condition.Order.LESS_OR_EQUAL;
          case ">" -> Condition.Order.GREATER;
          case ">=" -> Condition.Order.GREATER_OR_EQUAL;
          default -> null;
        };
    boolean equal = operator.text().equals("=");
    if (order == null && !equal && !operator.text().equals("<>")) {
      return Optional.empty();
    }
    next++;
    count();
    Operand right = operand();
    StaticChecks.distinct(operator.text(), left, List.of(right));
    if (order != null) {
      StaticChecks.ordered(operator.text(), left);
      StaticChecks.ordered(operator.text(), right);
      return Optional.of(new Condition.Ordered(left, order, right));
    }
    Condition same = new Condition.Equal(left, right);
    return Optional.of(equal ? same : new Condition.Not(same));
  }

  private Condition between(Operand operand) throws InvalidFilterException {
    count();
    Operand lower = operand();
    if (!acceptKeyword("AND")) {
      throw unexpected(peek());
    }
    Operand upper = operand();
    StaticChecks.distinct("BETWEEN", operand, List.of(lower, upper));
    StaticChecks.ordered("BETWEEN", operand);
    StaticChecks.bounds(lower, upper);
    return new Condition.And(
        new Condition.Ordered(operand, Condition.Order.GREATER_OR_EQUAL, lower),
        new Condition.Ordered(operand, Condition.Order.LESS_OR_EQUAL, upper));
  }

  private Condition in(Operand operand) throws InvalidFilterException {
    count();
    List<Operand> others = operands();
    StaticChecks.in(others);
    StaticChecks.distinct("IN", operand, others);
    return new Condition.In(operand, others);
  }

  /** Reads operands in parentheses. */
  private List<Operand> operands() throws InvalidFilterException {
    expect("(");
    List<Operand> operands = new ArrayList<>();
    do {
      operands.add(operand());
    } while (accept(","));
    expect(")");
    return operands;
  }

  private Operand operand() throws InvalidFilterException {
    Token first = peek();
    Part part = primary();
    if (part.operand() == null) {
      throw new InvalidFilterException(
          "has a condition " + first.place() + ", where a value must be");
    }
    return part.operand();
  }

  private Part primary() throws InvalidFilterException {
    Token token = peek();
    if (accept("(")) {
      if (++openParentheses > MAX_PARENTHESES) {
        throw new InvalidFilterException("has too many parentheses within each other");
      }
      Part inner = or();
      expect(")");
      openParentheses--;
      if (inner.inParentheses()) {
        throw new InvalidFilterException("has redundant parentheses " + token.place());
      }
      return new Part(inner.condition(), inner.operand(), true);
    }
    if (token.kind() == Kind.VALUE) {
      next++;
      return Part.of(new Operand.Given(value(token)));
    }
    if (token.kind() == Kind.WORD && tokens.get(next + 1).is(Kind.SYMBOL, "(")) {
      next++;
      return function(token);
    }
    return Part.of(new Operand.AtPath(path()));
  }

  private Part function(Token name) throws InvalidFilterException {
    count();
    List<Operand> operands = operands();
    StaticChecks.count(name, operands);
    return switch (name.text()) {
      case "size" -> Part.of(StaticChecks.size(operands.get(0)));
      case "attribute_exists" -> Part.of(exists(name, operands));
      case "attribute_not_exists" -> Part.of(new Condition.Not(exists(name, operands)));
      case "attribute_type" -> Part.of(StaticChecks.ofType(operands.get(0), operands.get(1)));
      case "begins_with" -> {
        StaticChecks.distinct(name.text(), operands.get(0), operands.subList(1, 2));
        yield Part.of(StaticChecks.beginsWith(operands.get(0), operands.get(1)));
      }
      case "contains" -> {
        StaticChecks.distinct(name.text(), operands.get(0), operands.subList(1, 2));
        yield Part.of(new Condition.Contains(operands.get(0), operands.get(1)));
      }
      default -> throw new IllegalStateException("unknown function " + name.text());
    };
  }

  private static Condition exists(Token name, List<Operand> operands)
      throws InvalidFilterException {
    if (operands.get(0) instanceof Operand.AtPath place) {
      return new Condition.Exists(place.path());
    }
    throw new InvalidFilterException(name.text() + " needs an attribute or a document path");
  }

  private DocumentPath path() throws InvalidFilterException {
    Token first = peek();
    String attribute = attribute();
    List<DocumentPath.Step> steps = new ArrayList<>();
    while (true) {
      if (accept(".")) {
        steps.add(new DocumentPath.Step.Into(attribute()));
      } else if (accept("[")) {
        steps.add(new DocumentPath.Step.At(index()));
        expect("]");
      } else {
        break;
      }
    }
    if (steps.size() >= MAX_PATH_LEVELS) {
      throw new InvalidFilterException(
          "has a document path of more than " + MAX_PATH_LEVELS + " levels " + first.place());
    }
    attributes.add(attribute);
    return new DocumentPath(attribute, steps);
  }

  private String attribute() throws InvalidFilterException {
    Token token = peek();
    if (token.kind() == Kind.WORD) {
      next++;
      if (ReservedWords.contain(token.text())) {
        throw new InvalidFilterException(
            "uses "
                + token.text()
                + " as a name, but that is a reserved word of DynamoDB: use a placeholder such as #"
                + token.text());
      }
      return token.text();
    }
    if (token.kind() != Kind.NAME) {
      throw unexpected(token);
    }
    next++;
    usedNames.add(token.text());
    String name = names.get(token.text());
    if (name == null) {
      throw new InvalidFilterException("uses " + token.text() + ", but no name is given for it");
    }
    return name;
  }

  private int index() throws InvalidFilterException {
    Token token = peek();
    if (token.kind() != Kind.INDEX) {
      throw unexpected(token);
    }
    next++;
    try {
      return Integer.parseInt(token.text());
    } catch (NumberFormatException e) {
      throw new InvalidFilterException("has an index that is too large: " + token.text());
    }
  }

  private Value value(Token token) throws InvalidFilterException {
    usedValues.add(token.text());
    Value value = values.get(token.text());
    if (value == null) {
      throw new InvalidFilterException("uses " + token.text() + ", but no value is given for it");
    }
    return value;
  }

  private Condition condition(Part part) throws InvalidFilterException {
    if (part.condition() != null) {
      return part.condition();
    }
    throw part.operand() instanceof Operand.SizeOf && !part.inParentheses()
        ? new InvalidFilterException("has size() without a comparison " + peek().place())
        : unexpected(peek());
  }

  private void count() throws InvalidFilterException {
    if (++operators > MAX_OPERATORS) {
      throw new InvalidFilterException("has more than " + MAX_OPERATORS + " operators");
    }
  }

  private Token peek() {
    return tokens.get(next);
  }

  private boolean accept(String symbol) {
    return accept(Kind.SYMBOL, symbol);
  }

  private boolean acceptKeyword(String word) {
    return accept(Kind.KEYWORD, word);
  }

  private boolean accept(Kind kind, String text) {
    if (!peek().is(kind, text)) {
      return false;
    }
    next++;
    return true;
  }

  private void expect(String symbol) throws InvalidFilterException {
    if (!accept(symbol)) {
      throw unexpected(peek());
    }
  }

  private static InvalidFilterException unexpected(Token token) {
    return new InvalidFilterException(
        token.kind() == Kind.END
            ? "ends too early"
            : "has an unexpected '" + token.text() + "' " + token.place());
  }
}
