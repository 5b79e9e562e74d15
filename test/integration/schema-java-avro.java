import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.io.JsonEncoder;

/** A line of JSON in, a line of JSON out: what Java's Avro makes of a schema, of JSON by it, of bytes by it. */
class JavaAvro {
  static final ObjectMapper mapper = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ObjectNode answer = mapper.createObjectNode();
      try {
        answer(mapper.readTree(line), answer);
      } catch (Exception error) {
        answer.put("error", String.valueOf(error.getMessage()));
      }
      out.println(mapper.writeValueAsString(answer));
    }
  }

  static void answer(JsonNode question, ObjectNode answer) throws Exception {
    var parser = new Schema.Parser();
    parser.setValidateDefaults(false);
    Schema schema = parser.parse(question.get("schema").asText());
    answer.put("canonical", schema.toString());
    if (question.has("json")) {
      Decoder decoder = DecoderFactory.get().jsonDecoder(schema, question.get("json").asText());
      answer.put("hex", HexFormat.of().formatHex(binary(schema, read(schema, decoder))));
    }
    if (question.has("hex")) {
      byte[] bytes = HexFormat.of().parseHex(question.get("hex").asText());
      answer.put("json", json(schema, read(schema, DecoderFactory.get().binaryDecoder(bytes, null))));
    }
  }

  static Object read(Schema schema, Decoder decoder) throws Exception {
    return new GenericDatumReader<Object>(schema).read(null, decoder);
  }

  static byte[] binary(Schema schema, Object datum) throws Exception {
    var bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<Object>(schema).write(datum, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  static String json(Schema schema, Object datum) throws Exception {
    var bytes = new ByteArrayOutputStream();
    JsonEncoder encoder = EncoderFactory.get().jsonEncoder(schema, bytes);
    new GenericDatumWriter<Object>(schema).write(datum, encoder);
    encoder.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
