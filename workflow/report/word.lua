-- The Word branch of charts.lua: divisions and spans become styles of word.xml, captions carry
-- fields that count, charts are images of dots.

-- Styles by the class of a division or span.
local BLOCKS = {
  finding = "Finding", source = "Source",
}
local SPANS = {
  chip = "Chip", focus = "Focus", s1 = "Series 1", s2 = "Series 2", s3 = "Series 3",
  unit = "Muted", sub = "Muted", label = "Muted", value = "Value",
}
local MANY = 6 -- a table with more columns than this takes the smaller type
local LETTERS = { [""] = 101, [" Small"] = 115 } -- bold letters in the width of the page, by size
local PADDING = 1.5 -- letters of white beside a column
local UNCUT = 20 -- a word with more letters than this may be cut
local GAP = 4 -- per cent of the width between charts in a row
local OPENING = 0.8 -- of their width that charts have on page one, which has to hold its table too

local function escaped(text)
  return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;"))
end

local function run(content, properties)
  return pandoc.RawInline("openxml", "<w:r><w:rPr>" .. (properties or "") .. "</w:rPr>" .. content .. "</w:r>")
end

local SPACE = "\u{a0}" -- in a short chip, which stays on one line, and between chip and border

local function styled(style, blocks)
  return pandoc.Div(blocks, pandoc.Attr("", {}, { ["custom-style"] = style }))
end

local function style_of(styles, classes)
  for _, class in ipairs(classes) do
    if styles[class] then return styles[class] end
  end
end

local function words(part, properties)
  return run('<w:t xml:space="preserve">' .. escaped(part) .. "</w:t>", properties)
end

-- Names of bookmarks hold letters, digits and underscores alone.
local function bookmark(id)
  return (id:gsub("[^%w_]", "_"))
end

-- A field that names a caption by its bookmark: "Figure 3" stands in it until Word counts anew.
local function reference(_, id, text)
  local function mark(kind) return run('<w:fldChar w:fldCharType="' .. kind .. '"/>') end
  local code = run('<w:instrText xml:space="preserve"> REF ' .. bookmark(id) .. " \\h </w:instrText>")
  return { mark("begin"), code, mark("separate"), words(text), mark("end") }
end

-- "Figure 3." with the number as a field that Word counts on, in a bookmark that references name.
local function number_field(id, text)
  local word, value, rest = text:match("^(.-)(%d+)(.*)$")
  local field = string.format(
    '<w:fldSimple w:instr=" SEQ %s \\* ARABIC "><w:r><w:rPr><w:b/></w:rPr><w:t>%s</w:t></w:r></w:fldSimple>',
    escaped(word:gsub("%s+$", "")), value)
  word = word:gsub("%s+$", SPACE)
  local named = { words(word, "<w:b/>"), pandoc.RawInline("openxml", field) }
  return { pandoc.Span(named, pandoc.Attr(bookmark(id))), words(rest .. " ", "<w:b/>") }
end

local function caption_of(id, text, inlines)
  local all = pandoc.List(number_field(id, text))
  all:extend(inlines)
  return styled("Caption", { pandoc.Para(all) })
end

-- The blocks of a cell in a style: plain text takes none of a division around it, and a cell
-- without text is a line of its own height.
local function cell_in(style, blocks)
  local made = {}
  for i, block in ipairs(blocks) do
    made[i] = block.t == "Plain" and pandoc.Para(block.content) or block
  end
  if #made == 0 then made[1] = pandoc.Para({ pandoc.Str("") }) end
  return { styled(style, made) }
end

-- Letters of the longest word of a text; what may be cut between letters counts little.
local function longest(blocks)
  local most = 0
  for word in pandoc.utils.stringify(blocks):gmatch("[^%s/%-]+") do
    most = math.max(most, utf8.len((word:gsub("[\xe2-\xef][\x80-\xbf]+", "…"))))
  end
  return math.min(most, UNCUT)
end

-- Relative widths of columns, none below its longest word: what is left goes by the table's own.
local function widths_of(tbl, rows, letters)
  local need, spare, needed, spared = {}, {}, 0, 0
  for i, spec in ipairs(tbl.colspecs) do
    need[i] = 0
    for _, row in ipairs(rows) do need[i] = math.max(need[i], longest(row.cells[i].contents)) end
    need[i] = (need[i] + PADDING) / letters
    spare[i] = math.max(0, (spec[2] or 1 / #tbl.colspecs) - need[i])
    needed, spared = needed + need[i], spared + spare[i]
  end
  if needed >= 1 or spared == 0 then return end
  for i, spec in ipairs(tbl.colspecs) do
    tbl.colspecs[i] = { spec[1], need[i] + spare[i] * (1 - needed) / spared }
  end
end

local share = 1 -- of the width that a chart has else

local function image(chart, width)
  local source = chart.src:gsub("%.svg$", ".png")
  local wide = string.format("%d%%", math.floor(share * tonumber(width:match("%d+"))))
  return styled("Figure", { pandoc.Para({ pandoc.Image({ pandoc.Str(chart.alt) }, source, "", { width = wide }) }) })
end

-- Charts in a row: their titles, the charts below, no rules.
local function row_of(charts)
  local widths, aligns, heads, images = {}, {}, {}, {}
  for i, chart in ipairs(charts) do
    widths[i], aligns[i] = 1 / #charts, pandoc.AlignDefault
    heads[i] = { styled("Panel Title", { pandoc.Para(chart.caption) }) }
    images[i] = { image(chart, string.format("%d%%", 100 // #charts - GAP // 2)) }
  end
  local tbl = pandoc.utils.from_simple_table(pandoc.SimpleTable({}, aligns, widths, {}, { heads, images }))
  tbl.attributes["custom-style"] = "Panels"
  return tbl
end

local FIRST = 100000 -- number of a bookmark, beyond pandoc's
local mark = '<w:r><w:fldChar w:fldCharType="%s"%s/></w:r>'
-- A field: what Word computes it by, what stands there until it has.
local function field(code, result, more)
  return mark:format("begin", more or "") .. '<w:r><w:instrText xml:space="preserve">' .. escaped(code)
    .. "</w:instrText></w:r>" .. mark:format("separate", "") .. result .. mark:format("end", "")
end

local function contents(blocks, word)
  local entries = pandoc.List()
  for _, block in ipairs(blocks) do
    if block.t == "Header" and block.level == 1 then
      local place, page = escaped(block.identifier), "page-" .. #entries
      entries:insert(string.format('<w:hyperlink w:anchor="%s"><w:r><w:t>%s</w:t></w:r><w:r><w:tab/></w:r>%s</w:hyperlink>',
        place, escaped(pandoc.utils.stringify(block.content)),
        field(" PAGEREF " .. page .. " \\h ", "<w:r><w:t>…</w:t></w:r>", ' w:dirty="true"')))
      -- A mark of the heading alone: that of a whole section LibreOffice does not find everywhere.
      block.content:insert(1, pandoc.RawInline("openxml",
        string.format('<w:bookmarkStart w:id="%d" w:name="%s"/><w:bookmarkEnd w:id="%d"/>', FIRST + #entries, page, FIRST + #entries)))
    end
  end
  if #entries == 0 then return pandoc.List() end
  local function paragraph(style, inside)
    return '<w:p><w:pPr><w:pStyle w:val="' .. style .. '"/></w:pPr>' .. inside .. "</w:p>"
  end
  local lines = entries:map(function(entry) return paragraph("TOC1", entry) end)
  return pandoc.List({ pandoc.RawBlock("openxml",
    paragraph("TOCHeading", "<w:r><w:t>" .. escaped(word) .. "</w:t></w:r>")
    .. table.concat(lines)) })
end

-- The filter; `shared` holds what charts.lua knows of charts and numbers.
return function(shared)
  local walker
  local held = "" -- id of the division that holds the next table

  local function walked(content)
    return pandoc.Blocks(content):walk(walker)
  end

  local function Figure(figure)
    local chart = shared.chart_of(figure)
    local text = shared.number("figure")
    return pandoc.List({ image(chart, chart.width), caption_of(figure.identifier, text, shared.spans(chart.caption)) }), false
  end

  local function panels(div)
    local charts, caption = pandoc.List(), pandoc.List()
    for _, block in ipairs(div.content) do
      if block.t == "Figure" then
        local chart = shared.chart_of(block)
        chart.caption = shared.spans(chart.caption)
        charts:insert(chart)
      elseif block.t == "Para" then
        caption = block.content
      end
    end
    return pandoc.List({ row_of(charts), caption_of(div.identifier, shared.number("figure"), shared.spans(caption)) })
  end

  local function Div(div)
    local classes = div.classes
    if classes:includes("panels") then return panels(div), false end
    if classes:includes("table") then
      held = div.identifier
      return walked(div.content), false
    end
    if classes:includes("annexes") then return pandoc.List(), false end
    if classes:includes("opening") then
      share = OPENING
      local made = walked(div.content)
      share = 1
      return made, false
    end
    local style = style_of(BLOCKS, classes)
    if style then return styled(style, walked(div.content)), false end
  end

  local function Span(span)
    local style = style_of(SPANS, span.classes)
    if not style then return nil end
    local content = span.content
    if style == "Chip" then
      if utf8.len(pandoc.utils.stringify(content)) + 2 <= UNCUT then
        content = content:walk({ Space = function() return pandoc.Str(SPACE) end })
      end
      content:insert(1, pandoc.Str(SPACE))
      content:insert(pandoc.Str(SPACE))
    end
    local made = pandoc.Span(content, pandoc.Attr("", {}, { ["custom-style"] = style }))
    if span.classes:includes("sub") then return pandoc.List({ pandoc.LineBreak(), made }) end
    return made
  end

  -- All cells are walked at once: a walk of each alone takes ten times as long.
  local function Table(tbl)
    tbl = tbl:walk(walker)
    local small = #tbl.colspecs > MANY and " Small" or ""
    local rows = pandoc.List({ table.unpack(tbl.head.rows) })
    for _, body in ipairs(tbl.bodies) do rows:extend(body.body) end
    for i, row in ipairs(rows) do
      local style = (i > #tbl.head.rows and "Table Text" or "Table Head") .. small
      for _, cell in ipairs(row.cells) do cell.contents = cell_in(style, walked(cell.contents)) end
    end
    widths_of(tbl, rows, LETTERS[small])
    local caption = pandoc.utils.blocks_to_inlines(tbl.caption.long)
    tbl.caption = { long = {} }
    return pandoc.List({ caption_of(held, shared.number("table"), shared.spans(caption)), tbl }), false
  end

  -- Lines aligned at a mark become lines: not every reader of the format knows the mark.
  local function Math(math)
    math.text = math.text:gsub("\\begin{aligned}(.-)\\end{aligned}", function(lines)
      return "\\begin{array}{l}" .. lines:gsub("&", "") .. "\\end{array}"
    end)
    return math
  end

  -- What is no property of the document leaves its metadata once it is read.
  local function Pandoc(doc)
    local first = 1
    while doc.blocks[first] and doc.blocks[first].t ~= "Header" do first = first + 1 end
    local word = pandoc.utils.stringify(doc.meta["words-contents"] or "")
    local made = pandoc.List({ table.unpack(doc.blocks, 1, first - 1) })
    made:extend(contents(doc.blocks, word))
    made:extend({ table.unpack(doc.blocks, first) })
    local meta = doc.meta
    return pandoc.Pandoc(made, pandoc.Meta({ title = meta.title, keywords = { meta.study } }))
  end

  walker = { traverse = "topdown", Div = Div, Figure = Figure, Table = Table, Span = Span, Math = Math }
  return { walker, { Pandoc = Pandoc } }, Span, reference
end
